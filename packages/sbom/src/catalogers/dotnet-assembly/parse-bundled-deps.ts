import { type Fields, isFields } from '../text/json-fields.ts';
import { isPlainToken } from '../text/plain-token.ts';

/** A library of a .NET program's `deps.json`. */
export interface BundledLibrary {
  readonly name: string;
  readonly version: string;
  /** `package`: from NuGet. `project`: built with the program. `runtimepack`: the runtime itself. */
  readonly type: string;
  /** Keys, `name/version`, of the libraries it needs. */
  readonly dependsOn: readonly string[];
  /** Its hash as NuGet states it: `sha512-` and base64. */
  readonly sha512?: string;
}

/** The outcome of reading a `deps.json`: the libraries, or why there are none. */
export type BundledDeps =
  | { readonly kind: 'libraries'; readonly libraries: readonly BundledLibrary[]; readonly truncated: boolean }
  | { readonly kind: 'malformed'; readonly reason: string };

const maxLibraries = 20_000;
const maxDependencies = 1_000;

/** Reads a `deps.json` (.NET host documentation, "Runtime Configuration Files"). Never throws. */
export function parseBundledDeps(text: string): BundledDeps {
  let document: unknown;
  try {
    document = JSON.parse(text.replace(/^\u{feff}/u, ''));
  } catch (error) {
    return { kind: 'malformed', reason: `not JSON (${error instanceof Error ? error.name : 'unreadable'})` };
  }
  if (!isFields(document) || !isFields(document.libraries))
    return { kind: 'malformed', reason: 'no list of libraries' };
  const target = runtimeTarget(document);
  const entries = Object.entries(document.libraries);
  const libraries = entries.slice(0, maxLibraries).flatMap(([key, value]) => {
    const slash = key.lastIndexOf('/');
    const [name, version] = [key.slice(0, Math.max(slash, 0)), key.slice(slash + 1)];
    if (!isFields(value) || !isPlainToken(name) || !isPlainToken(version)) return [];
    const { type, sha512 } = value;
    return [
      {
        ...{ name, version, type: typeof type === 'string' ? type : '', dependsOn: needs(target[key]) },
        ...(typeof sha512 === 'string' && /^sha512-[A-Za-z0-9+/]{86}==$/.test(sha512) && { sha512 }),
      },
    ];
  });
  return { kind: 'libraries', libraries, truncated: entries.length > maxLibraries };
}

/** The target the program was published for, else the one with the most in it. */
function runtimeTarget({ targets, runtimeTarget: chosen }: Fields): Fields {
  if (!isFields(targets)) return {};
  const name = isFields(chosen) ? chosen.name : chosen;
  const wanted = typeof name === 'string' ? targets[name] : undefined;
  if (isFields(wanted)) return wanted;
  const all = Object.values(targets).filter(isFields);
  return all.sort((a, b) => Object.keys(b).length - Object.keys(a).length)[0] ?? {};
}

function needs(entry: unknown): string[] {
  const dependencies = isFields(entry) ? entry.dependencies : undefined;
  if (!isFields(dependencies)) return [];
  return Object.entries(dependencies)
    .slice(0, maxDependencies)
    .map(([name, version]) => `${name}/${String(version)}`);
}
