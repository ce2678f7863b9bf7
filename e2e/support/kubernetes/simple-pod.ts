import type { PodToRun } from './pod-to-run.ts';

/** A digest, told apart by one hexadecimal digit. */
export function sampleDigest(digit: string): string {
  return `sha256:${digit.repeat(64)}`;
}

/** A pod whose one container `main` runs an image of its own. */
export function simplePod(namespace: string, name: string, digit = '1'): PodToRun {
  const repository = `registry.example/${name}`;
  const imageId = `${repository}@${sampleDigest(digit)}`;
  return { namespace, name, containers: [{ name: 'main', image: `${repository}:1`, imageId }] };
}
