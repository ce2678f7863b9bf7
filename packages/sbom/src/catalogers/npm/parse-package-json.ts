import { type Fields, isFields as isObject } from '../text/json-fields.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { isNpmName, isNpmVersion } from './package-name.ts';

/** What a `package.json` says of its package, as far as an inventory wants it. */
export interface NpmPackage {
  /** As written, with the scope: `@scope/name`. */
  readonly name: string;
  readonly version: string;
  /** Each an SPDX expression or free text, from `license` or the older `licenses`. */
  readonly licenses?: readonly string[];
  /** Author, or the first maintainer, as `Name <address>`. */
  readonly author?: string;
  readonly description?: string;
  readonly homepage?: string;
  /** Address of the source repository, without credentials. */
  readonly repository?: string;
  readonly private?: true;
  /** Names it needs at run time: dependencies, optional and peer ones, sorted. */
  readonly dependencies?: readonly string[];
}

/**
 * The outcome of reading a `package.json`: a package, or why it is none. `anonymous` has no name or version, as the many
 * `package.json` files have that only mark a directory as a module scope.
 */
export type NpmManifest =
  | { readonly kind: 'package'; readonly pkg: NpmPackage }
  | { readonly kind: 'malformed' | 'anonymous'; readonly reason: string };

/** Names that one package may need; no real one comes near. */
const maxDependencies = 1_000;
const maxLicenses = 100;
const maxTextLength = 4_096;

/** Reads the text of a `package.json`; a byte order mark is tolerated, as npm does. Never throws. */
export function parsePackageJson(text: string): NpmManifest {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text.startsWith('\u{feff}') ? text.slice(1) : text);
  } catch (error) {
    // The engine's message quotes the text; its kind is enough.
    return { kind: 'malformed', reason: `not JSON (${error instanceof Error ? error.name : 'unreadable'})` };
  }
  if (!isObject(manifest)) return { kind: 'malformed', reason: 'not a JSON object' };
  const { name, version } = manifest;
  if (typeof name !== 'string' || !isNpmName(name)) return { kind: 'anonymous', reason: 'no usable name' };
  if (typeof version !== 'string' || !isNpmVersion(version)) return { kind: 'anonymous', reason: 'no usable version' };
  return { kind: 'package', pkg: npmPackage(name, version.trim().toWellFormed(), manifest) };
}

function npmPackage(name: string, version: string, manifest: Fields): NpmPackage {
  const { author, maintainers, contributors } = manifest;
  const licenses = licenseTexts(manifest);
  const dependencies = dependencyNames(manifest);
  const stated = {
    licenses: licenses.length > 0 ? licenses : undefined,
    author: person(author) ?? person(first(maintainers)) ?? person(first(contributors)),
    description: text(manifest.description),
    homepage: address(manifest.homepage),
    repository: address(manifest.repository) ?? address(field(manifest.repository, 'url')),
    private: manifest.private === true ? (true as const) : undefined,
    dependencies: dependencies.length > 0 ? dependencies : undefined,
  };
  return { name, version, ...withoutUndefined(stated) };
}

function licenseTexts({ license, licenses }: Fields): string[] {
  const stated = [license, licenses].flat().slice(0, maxLicenses);
  const texts = stated.map((entry) => text(entry) ?? text(field(entry, 'type')) ?? text(field(entry, 'name')));
  return Array.from(new Set(texts.filter((entry) => entry !== undefined)));
}

function dependencyNames(manifest: Fields): string[] {
  const { dependencies, optionalDependencies, peerDependencies } = manifest;
  const names = [dependencies, optionalDependencies, peerDependencies].flatMap((group) =>
    isObject(group) ? Object.keys(group).filter(isNpmName) : [],
  );
  return Array.from(new Set(names)).sort().slice(0, maxDependencies);
}

function person(value: unknown): string | undefined {
  const name = text(value) ?? text(field(value, 'name'));
  const email = text(field(value, 'email'));
  return name !== undefined && email !== undefined ? `${name} <${email}>` : (name ?? email);
}

function address(value: unknown): string | undefined {
  const stated = text(value);
  return stated === undefined ? undefined : withoutCredentials(stated);
}

/** A text that says something, cut to a bearable length and made well-formed (JSON may escape half a character). */
function text(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return value.slice(0, maxTextLength).trim().toWellFormed() || undefined;
}

function field(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function first(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined;
}
