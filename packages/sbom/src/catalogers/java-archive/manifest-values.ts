import { isPlainToken } from '../text/plain-token.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import type { JarManifest } from './parse-manifest.ts';

/** An attribute that is one word, such as an artefact's name; sentences and values never filled in are none. */
export function manifestToken(manifest: JarManifest, name: string): string | undefined {
  const value = manifest.get(name);
  return value !== undefined && isPlainToken(value) && !/[${}"';,]/.test(value) ? value.toWellFormed() : undefined;
}

/** An attribute for people to read, in bearable length. */
export function manifestText(manifest: JarManifest, name: string): string | undefined {
  const value = manifest.get(name);
  if (value === undefined || value.includes('${')) return undefined;
  return (
    withoutCredentials(
      value
        .replace(/[\s\p{Cc}]+/gu, ' ')
        .slice(0, 1_024)
        .trim()
        .toWellFormed(),
    ) || undefined
  );
}

/** The bundle's symbolic name (OSGi Core 3.2.1.3), without its directives. */
export function symbolicName(manifest: JarManifest): string | undefined {
  const name = manifest.get('bundle-symbolicname')?.split(';')[0]?.trim();
  return name !== undefined && isPlainToken(name) && !name.includes('$') ? name.toWellFormed() : undefined;
}

/**
 * The version that the manifest states. The implementation's is what its maker calls it; a bundle's has another form but
 * the same numbers; the specification's is that of an interface and the last resort.
 */
export function manifestVersion(manifest: JarManifest): string | undefined {
  for (const name of versionAttributes) {
    // `9.0.70 (build 123)`: what is behind the first word is no version.
    const word = /^v?\d[\w.+-]{0,200}/i.exec(manifest.get(name) ?? '')?.[0];
    // Kotlin adds the number of the build that released it.
    if (word !== undefined) return word.replace(/-release-\d+$/, '');
  }
  return undefined;
}

const versionAttributes = [
  'plugin-version',
  'implementation-version',
  'bundle-version',
  'specification-version',
] as const;
