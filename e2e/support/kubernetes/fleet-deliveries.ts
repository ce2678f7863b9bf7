import type { FalconCloudDouble } from '@falcon-iar/falcon-api/testing';
import { expect } from 'vitest';
import type { LogLine } from '../running-agent.ts';
import type { Fleet } from './fleet.ts';

/** The name of the cluster that the fleet runs in. */
export const fleetCluster = 'test-cluster';

/** Identities of the images whose inventories have arrived, sorted; one that came twice is there twice. */
export function deliveredDigests({ inventories }: FalconCloudDouble): string[] {
  return inventories.map(({ inventory }) => inventory.ImageInfo.Digest).sort();
}

/** What a log says of images that cannot be analysed. */
export function failuresIn(lines: readonly LogLine[]): LogLine[] {
  return lines.filter(({ msg }) => msg === 'an image could not be analysed');
}

/** The two images that cannot be read were told of once, with the reason. */
export function expectFailuresOnce({ registry }: Fleet, lines: readonly LogLine[]): void {
  const told = failuresIn(lines).map(({ image, code }) => `${image} ${code}`);
  expect(told.sort()).toEqual([
    `${registry.host}/team/corrupt:1 DIGEST_INVALID`,
    `${registry.host}/team/missing:1 MANIFEST_UNKNOWN`,
  ]);
}

/** Each inventory names a pod that runs its image, as the cluster knows it. */
export function expectPods(fleet: Fleet, { inventories }: FalconCloudDouble): void {
  for (const { inventory, ...request } of inventories) expectPod(fleet, request, inventory.ImageInfo.Digest);
}

function expectPod(fleet: Fleet, request: Record<string, unknown>, digest: string): void {
  const { pod_name, pod_namespace, pod_id, cluster_name, cluster_id, runmode, original_image_name } = request;
  const image = [...fleet.images.values()].find(({ manifestDigest }) => manifestDigest === digest)!;
  const pods = fleet.pods.filter(({ name, namespace }) => name === pod_name && namespace === pod_namespace);
  const containers = pods.flatMap((pod) => [...pod.containers, ...(pod.initContainers ?? [])]);
  const isEphemeral = image.name === 'debugger';
  const names = containers.map((container) => container.image);
  expect(pods, `${pod_namespace}/${pod_name}`).toHaveLength(1);
  if (isEphemeral) expect(pod_name).toBe('web-0');
  else expect(names).toContain(original_image_name);
  expect(request.ephemeral_scan ?? false).toBe(isEphemeral);
  expect(pod_id).toMatch(/^[0-9a-f-]{36}$/);
  expect({ cluster_name, runmode }).toEqual({ cluster_name: fleetCluster, runmode: 'watcher' });
  expect(cluster_id).toMatch(/^[0-9a-f-]{36}$/);
}

/** Layers that several images have were fetched once, from whichever of the two registries. */
export function expectEachBaseOnce(fleet: Fleet): void {
  const requests = [...fleet.registry.requests, ...fleet.privateRegistry.requests];
  for (const name of ['web-1', 'job-1'] as const) {
    const [base] = fleet.images.get(name)!.layerDigests;
    const fetches = requests.filter(
      ({ method, uri, status }) => method === 'GET' && status === 200 && uri.includes(base!),
    );
    expect(fetches, `${name}: ${base}`).toHaveLength(1);
  }
}
