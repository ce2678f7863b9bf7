import { isFields } from '../text/json-fields.ts';
import { isPlainToken } from '../text/plain-token.ts';

/** A crate as `cargo auditable` lists it (its `cargo-auditable.schema.json`). */
export interface RustCrate {
  readonly name: string;
  readonly version: string;
  /** `crates.io`, `git`, `local`, `registry`, or the address of a registry. */
  readonly source: string;
  /** `runtime`: it is in the program. `build`: only something of its build, such as a macro, used it. */
  readonly kind: 'runtime' | 'build';
  /** Indexes of the crates it needs. */
  readonly dependencies: readonly number[];
  /** True for the program itself. */
  readonly root: boolean;
}

/** The outcome of reading the list: the crates, or why there are none. */
export type RustAuditData =
  | { readonly kind: 'crates'; readonly crates: readonly RustCrate[]; readonly truncated: boolean }
  | { readonly kind: 'malformed'; readonly reason: string };

const maxCrates = 20_000;
const maxDependencies = 200_000;

/**
 * Reads the JSON that `cargo auditable` embeds. A crate without a usable name or version keeps its place, so that the
 * indexes of the others stay right, but its name is empty. Never throws.
 */
export function parseRustAuditData(text: string): RustAuditData {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return { kind: 'malformed', reason: `not JSON (${error instanceof Error ? error.name : 'unreadable'})` };
  }
  const packages = isFields(document) ? document.packages : undefined;
  if (!Array.isArray(packages)) return { kind: 'malformed', reason: 'no list of packages' };
  let dependencies = 0;
  const crates = packages.slice(0, maxCrates).map((entry: unknown) => {
    const crate = parseCrate(entry);
    dependencies += crate.dependencies.length;
    return dependencies > maxDependencies ? { ...crate, dependencies: [] } : crate;
  });
  return { kind: 'crates', crates, truncated: packages.length > maxCrates || dependencies > maxDependencies };
}

function parseCrate(entry: unknown): RustCrate {
  const { name, version, source, kind, dependencies, root } = isFields(entry) ? entry : {};
  const usable = typeof name === 'string' && isPlainToken(name) && typeof version === 'string' && isPlainToken(version);
  return {
    name: usable ? name : '',
    version: usable ? version : '',
    source: typeof source === 'string' && isPlainToken(source) ? source : '',
    kind: kind === 'build' ? 'build' : 'runtime',
    dependencies: Array.isArray(dependencies) ? dependencies.filter((index) => Number.isSafeInteger(index)) : [],
    root: root === true,
  };
}
