import { parse } from 'smol-toml';
import { entriesOf, field, isFields, itemsOf, token } from '../text/json-fields.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** A Julia package. */
export interface JuliaPackage {
  readonly name: string;
  readonly version: string;
  /** Lower case. */
  readonly uuid: string;
  /** SHA-1 of its source tree as Git has it. */
  readonly tree?: string;
  /** Names of packages that it needs. */
  readonly needs: readonly string[];
}

const uuidShape = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Reads a `Manifest.toml` (formats 1 and 2). Parts of the standard library that have no version of their own are left out.
 *
 * @returns undefined where the text is none. Never throws.
 */
export function parseJuliaManifest(text: string): JuliaPackage[] | undefined {
  const document = readToml(text);
  if (document === undefined) return undefined;
  const packages = field(document, 'manifest_format') === undefined ? document : field(document, 'deps');
  return entriesOf(packages).flatMap(([name, versions]) =>
    itemsOf(versions).flatMap((entry) => packageOf(name, entry) ?? []),
  );
}

/** Reads the `Project.toml` of a package. @returns undefined where it is none, or of a project. Never throws. */
export function parseJuliaProject(text: string): JuliaPackage | undefined {
  const document = readToml(text);
  const name = token(field(document, 'name'));
  return name === undefined ? undefined : packageOf(name, document);
}

function packageOf(name: string, entry: unknown): JuliaPackage | undefined {
  const [version, uuid, tree] = ['version', 'uuid', 'git-tree-sha1'].map((key) => token(field(entry, key)));
  if (token(name) === undefined || version === undefined || uuid === undefined || !uuidShape.test(uuid))
    return undefined;
  const deps = field(entry, 'deps');
  const needs = isFields(deps) ? Object.keys(deps) : itemsOf(deps).flatMap((other) => token(other) ?? []);
  return { name, version, uuid: uuid.toLowerCase(), needs, ...withoutUndefined({ tree }) };
}

function readToml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    // What is not TOML is none of the documents that are looked for; the caller says so.
    return undefined;
  }
}
