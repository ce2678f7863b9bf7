import { stat } from 'node:fs/promises';

/** A path and which of the images in it is meant. */
export interface PathTarget {
  readonly path: string;
  /** Tag, reference or digest; undefined where the path holds only one image. */
  readonly name: string | undefined;
}

/**
 * Splits `PATH`, `PATH:NAME` or `PATH@DIGEST`; `-` is standard input. Paths may contain colons too, so the longest part that exists is the
 * path; where nothing exists the whole text is, and opening it says so.
 */
export async function splitPathTarget(value: string): Promise<PathTarget> {
  const [, standardInput] = /^-(?:[:@](.+))?$/s.exec(value) ?? [undefined, null];
  if (standardInput !== null) return { path: '-', name: standardInput };
  if (await exists(value)) return { path: value, name: undefined };
  const digest = /^(.+)@([a-z0-9]+:[0-9a-f]+)$/.exec(value);
  if (digest?.[1] !== undefined) return { path: digest[1], name: digest[2] };
  for (let colon = value.lastIndexOf(':'); colon > 0; colon = value.lastIndexOf(':', colon - 1)) {
    const path = value.slice(0, colon);
    if (await exists(path)) return { path, name: value.slice(colon + 1) || undefined };
  }
  return { path: value, name: undefined };
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
