import { parse } from 'smol-toml';
import { entriesOf, field, itemsOf, token } from '../text/json-fields.ts';

/** A package of a `Cargo.lock`. */
export interface LockedCrate {
  readonly name: string;
  readonly version: string;
  /** `registry+https://…`, `git+https://…#commit`, `sparse+https://…`; none for what lies beside the lock file. */
  readonly source?: string;
  /** SHA-256 of its archive, in lower-case hexadecimal. */
  readonly checksum?: string;
  /** As Cargo writes them: `name`, `name version` or `name version (source)`, as short as is unmistakable. */
  readonly dependencies: readonly string[];
}

/**
 * Reads a `Cargo.lock` of any format version (The Cargo Book, "Cargo.toml vs Cargo.lock"; 1 keeps its checksums in
 * `[metadata]`).
 *
 * @returns undefined where the text is none. Never throws.
 */
export function parseCargoLock(text: string): LockedCrate[] | undefined {
  const document = parsed(text);
  const root = field(document, 'root');
  const packages = field(document, 'package');
  if (root === undefined && !Array.isArray(packages) && field(document, 'version') === undefined) return undefined;
  const checksums = new Map(entriesOf(field(document, 'metadata')));
  const entries = root === undefined ? itemsOf(packages) : [root, ...itemsOf(packages)];
  return entries.flatMap((entry) => crateOf(entry, checksums) ?? []);
}

function crateOf(entry: unknown, checksums: ReadonlyMap<string, unknown>): LockedCrate | undefined {
  const [name, version, source] = ['name', 'version', 'source'].map((key) => token(field(entry, key)));
  if (name === undefined || version === undefined) return undefined;
  const stated = field(entry, 'checksum') ?? checksums.get(`checksum ${name} ${version} (${source})`);
  const checksum = typeof stated === 'string' && /^[0-9a-f]{64}$/i.test(stated) ? stated.toLowerCase() : undefined;
  const dependencies = itemsOf(field(entry, 'dependencies')).filter((needed) => typeof needed === 'string');
  return {
    ...{ name, version, dependencies },
    ...(source !== undefined && { source }),
    ...(checksum !== undefined && { checksum }),
  };
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    // What is not TOML is no lock file; the caller says so.
    return undefined;
  }
}
