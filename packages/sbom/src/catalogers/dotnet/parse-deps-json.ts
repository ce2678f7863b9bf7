import { entriesOf, type Fields, field, isFields, parseJson, token } from '../text/json-fields.ts';

/** A library that a `deps.json` lists. */
export interface DepsLibrary {
  readonly name: string;
  readonly version: string;
  /** `package`: from NuGet. `project`: built with the program. `runtimepack`: the runtime itself. Others: plain files. */
  readonly type: string;
  /** Keys, `name/version` in lower case, of the libraries it needs. */
  readonly dependsOn: readonly string[];
  /** Its hash as NuGet states it: base64 of a SHA-512. */
  readonly sha512?: string;
  /** Whether it, or something that it needs, has files for the program at run time. */
  readonly isInstalled: boolean;
}

/** Kinds of files that a library brings to a program at run time. */
const runtimeAssets = ['runtime', 'native', 'runtimeTargets', 'resources'] as const;

/**
 * Reads the `deps.json` beside a .NET program (.NET host documentation, "Runtime Configuration Files"). Packages that
 * only took part in its build are listed there too; they have no files in any target, and need nothing that has.
 *
 * @returns undefined where the text has no list of libraries. Never throws.
 */
export function parseDepsJson(text: string): DepsLibrary[] | undefined {
  const document = parseJson(text);
  const libraries = field(document, 'libraries');
  if (!isFields(document) || !isFields(libraries)) return undefined;
  const target = runtimeTarget(document);
  const placed = target && librariesWithFiles(target);
  return Object.entries(libraries).flatMap(([key, value]) => {
    const slash = key.lastIndexOf('/');
    const [name, version] = [token(key.slice(0, Math.max(slash, 0))), token(key.slice(slash + 1))];
    if (name === undefined || version === undefined) return [];
    const sha512 = sha512Of(field(value, 'sha512'));
    return [
      {
        ...{ name, version, type: token(field(value, 'type')) ?? '', dependsOn: needs(target?.[key]) },
        ...(sha512 !== undefined && { sha512 }),
        isInstalled: placed?.has(key.toLowerCase()) ?? true,
      },
    ];
  });
}

/** The base64 of a SHA-512 as NuGet states it, with or without its name in front. */
export function sha512Of(value: unknown): string | undefined {
  return typeof value === 'string' ? /^(?:sha512-)?([A-Za-z0-9+/]{86}==)$/.exec(value)?.[1] : undefined;
}

/** The target the program was published for, else the one with the most in it. */
function runtimeTarget(document: Fields): Fields | undefined {
  const chosen = field(document, 'runtimeTarget');
  const name = token(field(chosen, 'name') ?? chosen);
  const targets = field(document, 'targets');
  const wanted = name === undefined ? undefined : field(targets, name);
  if (isFields(wanted)) return wanted;
  const all = entriesOf(targets).flatMap(([, target]) => (isFields(target) ? [target] : []));
  return all.sort((a, b) => Object.keys(b).length - Object.keys(a).length)[0];
}

/** Keys of the libraries with files of their own, and of those that need one of them, however far away. */
function librariesWithFiles(target: Fields): ReadonlySet<string> {
  const neededBy = new Map<string, string[]>();
  const open: string[] = [];
  for (const [name, entry] of Object.entries(target)) {
    const key = name.toLowerCase();
    for (const needed of needs(entry)) {
      const others = neededBy.get(needed);
      if (others === undefined) neededBy.set(needed, [key]);
      else others.push(key);
    }
    if (runtimeAssets.some((assets) => hasFiles(field(entry, assets)))) open.push(key);
  }
  const found = new Set(open);
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    for (const other of neededBy.get(key) ?? []) {
      if (found.has(other)) continue;
      found.add(other);
      open.push(other);
    }
  }
  return found;
}

/** `_._` stands for no file at all. */
function hasFiles(assets: unknown): boolean {
  return entriesOf(assets).some(([path]) => !path.endsWith('_._'));
}

function needs(entry: unknown): string[] {
  return entriesOf(field(entry, 'dependencies')).flatMap(([name, version]) =>
    typeof version === 'string' ? `${name}/${version}`.toLowerCase() : [],
  );
}
