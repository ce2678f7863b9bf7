import type { PackageHash } from '../../model/package.ts';
import { field, token } from '../text/json-fields.ts';

/** One dependency of an sbt build. */
export interface SbtDependency {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
  readonly configurations: readonly string[];
  /** SHA-1 of its first artefact. */
  readonly hash?: PackageHash;
}

/** Dependencies that are taken. */
const maxDependencies = 50_000;

/**
 * Reads a `build.sbt.lock` of the plugin sbt-dependency-lock (lock version 1).
 *
 * @returns undefined where the text is none. Never throws.
 */
export function parseSbtLock(text: string): SbtDependency[] | undefined {
  const document = parsed(text);
  const dependencies = field(document, 'dependencies');
  if (field(document, 'lockVersion') === undefined || !Array.isArray(dependencies)) return undefined;
  return dependencies.slice(0, maxDependencies).flatMap((entry) => dependencyOf(entry) ?? []);
}

function dependencyOf(entry: unknown): SbtDependency | undefined {
  const [group, artifact, version] = ['org', 'name', 'version'].map((name) => token(field(entry, name)));
  if (group === undefined || artifact === undefined || version === undefined) return undefined;
  const stated = field(entry, 'configurations');
  const configurations = Array.isArray(stated) ? stated.flatMap((name) => token(name) ?? []).slice(0, 200) : [];
  const artifacts = field(entry, 'artifacts');
  const hash = Array.isArray(artifacts) ? token(field(artifacts[0], 'hash')) : undefined;
  const [, content] = /^sha1:([0-9a-f]{40})$/i.exec(hash ?? '') ?? [];
  return {
    ...{ group, artifact, version, configurations },
    ...(content !== undefined && { hash: { algorithm: 'SHA-1' as const, content: content.toLowerCase() } }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON is the same as no lock file; the caller says so.
    return undefined;
  }
}
