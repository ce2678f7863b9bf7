import { parse } from 'smol-toml';
import { type Fields, isFields } from '../text/json-fields.ts';
import { isPlainToken } from '../text/plain-token.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { type LockedPythonPackage, maxLockedPackages, onlyHash, type PythonLock } from './locked-package.ts';
import { normalizedPythonName } from './normalized-name.ts';
import { parseRequirement } from './parse-requirement.ts';

const maxNeeds = 10_000;
/** Kinds of sources that are the project itself or a directory beside it. */
const localSources = ['virtual', 'editable', 'directory', 'path'];

/**
 * Reads the lock files that are TOML: `poetry.lock`, `pdm.lock`, `uv.lock` and `pylock.toml` (PEP 751). They agree on a
 * list of packages and differ in how they write what these need and where they come from. Projects and directories are
 * left out. Never throws.
 */
export function parseTomlLock(text: string): PythonLock {
  let lock: Fields;
  try {
    lock = parse(text);
  } catch {
    // The parser's message quotes the text; that it is none is enough.
    return { kind: 'malformed', reason: 'not TOML' };
  }
  const listed = lock.package ?? lock.packages ?? [];
  if (!Array.isArray(listed)) return { kind: 'malformed', reason: 'no list of packages' };
  const packages = listed.slice(0, maxLockedPackages).flatMap((entry: unknown) => lockedPackage(entry) ?? []);
  return { kind: 'packages', packages, truncated: listed.length > maxLockedPackages };
}

function lockedPackage(entry: unknown): LockedPythonPackage | undefined {
  if (!isFields(entry)) return undefined;
  const { name, version, source, vcs, directory } = entry;
  if (typeof name !== 'string' || typeof version !== 'string' || !isPlainToken(name) || !isPlainToken(version)) {
    return undefined;
  }
  if (isLocal(source) || directory !== undefined || entry.path !== undefined || entry.editable === true) {
    return undefined;
  }
  const needs = neededNames(entry.dependencies);
  return {
    ...{ name, version },
    ...withoutUndefined({
      hash: onlyHash(fileHashes(entry)),
      dev: isForDevelopment(entry) ? (true as const) : undefined,
      optional: entry.optional === true ? (true as const) : undefined,
      commit: commitOf(source) ?? commitOf(vcs) ?? text(entry.revision),
      needs: needs.length > 0 ? needs : undefined,
    }),
  };
}

/** Poetry has a `type`; uv a key that says the kind. */
function isLocal(source: unknown): boolean {
  if (!isFields(source)) return false;
  return source.type === 'directory' || localSources.some((kind) => kind in source);
}

/** Poetry has a category, or groups since 2.0; PDM groups. `main` and `default` are what is installed to run. */
function isForDevelopment({ category, groups }: Fields): boolean {
  if (category !== undefined) return category !== 'main';
  return Array.isArray(groups) && groups.length > 0 && !groups.some((group) => group === 'main' || group === 'default');
}

/** Poetry and PEP 751 have a field; uv has the commit behind the `#` of the address. */
function commitOf(source: unknown): string | undefined {
  if (!isFields(source)) return undefined;
  const stated = text(source.resolved_reference) ?? text(source['commit-id']);
  return stated ?? /#([0-9a-f]{7,64})$/.exec(text(source.git) ?? '')?.[1];
}

/** Poetry and PDM list `files`; uv and PEP 751 have `wheels` and an `sdist`, PEP 751 with a table of hashes each. */
function fileHashes({ files, wheels, sdist, archive }: Fields): unknown[] {
  const listed = [files, wheels, sdist, archive].flat().filter(isFields);
  return listed.map(({ hash, hashes }) => hash ?? (isFields(hashes) ? `sha256:${hashes.sha256}` : undefined));
}

/** Poetry has a table, uv and PEP 751 a list of tables with names, PDM a list of specifiers. */
function neededNames(dependencies: unknown): string[] {
  const listed = isFields(dependencies) ? Object.keys(dependencies) : Array.isArray(dependencies) ? dependencies : [];
  const names = listed.slice(0, maxNeeds).flatMap((entry: unknown) => {
    if (typeof entry === 'string') return parseRequirement(entry)?.normalized ?? [];
    const name = isFields(entry) ? text(entry.name) : undefined;
    return name === undefined ? [] : normalizedPythonName(name);
  });
  return Array.from(new Set(names)).sort();
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && isPlainToken(value) ? value.toWellFormed() : undefined;
}
