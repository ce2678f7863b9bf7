import { splitLines } from '../text/read-lines.ts';

/** What a deployment's `metadata` says (flatpak-metadata(5)). */
export interface FlatpakMetadata {
  readonly name: string;
  /** The runtime that an app needs, as `ID/ARCHITECTURE/BRANCH`. */
  readonly runtime?: string;
}

/**
 * Reads a Flatpak `metadata` file: the first of its groups `Application` and `Runtime`. Never throws.
 *
 * @returns undefined where there is no such group, or no name in it
 */
export function parseFlatpakMetadata(text: string): FlatpakMetadata | undefined {
  const values = new Map<string, string>();
  let group: string | undefined;
  let chosen: string | undefined;
  splitLines(text, (line) => {
    const header = /^\[([^\]]*)\]\s*$/.exec(line)?.[1];
    if (header !== undefined) {
      group = header;
      if (header === 'Application' || header === 'Runtime') chosen ??= header;
    } else if (group !== undefined && group === chosen) {
      const equals = line.indexOf('=');
      const key = line.slice(0, Math.max(equals, 0)).trim();
      if (key !== '' && !values.has(key)) values.set(key, line.slice(equals + 1).trim());
    }
    return undefined;
  });
  const name = values.get('name');
  const runtime = values.get('runtime');
  if (name === undefined || name === '') return undefined;
  return { name, ...(chosen === 'Application' && runtime && { runtime }) };
}
