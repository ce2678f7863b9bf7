import { entriesOf, field, itemsOf, parseJson, textOf, token } from '../text/json-fields.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** A package as Composer writes it into `installed.json` and `composer.lock`. */
export interface ComposerPackage {
  /** `vendor/name`. */
  readonly name: string;
  /** As its tag has it, often with a `v` in front. */
  readonly version: string;
  /** `library`, `project`, `composer-plugin`. */
  readonly type?: string;
  /** SPDX ids or expressions; several are a choice. */
  readonly licenses?: readonly string[];
  /** `Name <address>`. */
  readonly authors?: readonly string[];
  readonly description?: string;
  readonly homepage?: string;
  /** Address of the repository, without credentials, and the commit. */
  readonly repository?: string;
  readonly reference?: string;
  /** SHA-1 of the archive, in lower-case hexadecimal. */
  readonly shasum?: string;
  /** True where only developers of the project need it. */
  readonly dev?: true;
  /** Names of packages that it needs; PHP and its extensions are left out. */
  readonly requires?: readonly string[];
  /** Names that it stands in for. */
  readonly provides?: readonly string[];
}

/** Items of one list of a package that are taken. */
const maxItems = 1_000;

/**
 * Reads `vendor/composer/installed.json` of Composer 1 (a list) or 2 (an object).
 *
 * @returns undefined where the text is none. Never throws.
 */
export function parseComposerInstalled(text: string): ComposerPackage[] | undefined {
  const document = parseJson(text);
  const packages = Array.isArray(document) ? document : field(document, 'packages');
  if (!Array.isArray(packages)) return undefined;
  const devNames = new Set(itemsOf(field(document, 'dev-package-names')));
  return packages.flatMap((entry) => packageOf(entry, devNames.has(field(entry, 'name'))) ?? []);
}

/** Reads a `composer.lock`. @returns undefined where the text is none. Never throws. */
export function parseComposerLock(text: string): ComposerPackage[] | undefined {
  const document = parseJson(text);
  const [packages, devPackages] = [field(document, 'packages'), field(document, 'packages-dev')];
  if (!Array.isArray(packages) && !Array.isArray(devPackages)) return undefined;
  return [
    ...itemsOf(packages).flatMap((entry) => packageOf(entry, false) ?? []),
    ...itemsOf(devPackages).flatMap((entry) => packageOf(entry, true) ?? []),
  ];
}

function packageOf(entry: unknown, isDev: boolean): ComposerPackage | undefined {
  const [name, version] = [token(field(entry, 'name')), token(field(entry, 'version'))];
  if (name === undefined || version === undefined) return undefined;
  const source = field(entry, 'source');
  const dist = field(entry, 'dist');
  const shasum = token(field(dist, 'shasum'));
  return {
    ...{ name, version },
    ...withoutUndefined({
      type: token(field(entry, 'type')),
      licenses: listed([field(entry, 'license')].flat().map(textOf)),
      authors: listed(itemsOf(field(entry, 'authors')).map(person)),
      description: textOf(field(entry, 'description')),
      homepage: address(field(entry, 'homepage')),
      repository: address(field(source, 'url')),
      reference: token(field(source, 'reference')) ?? token(field(dist, 'reference')),
      shasum: shasum !== undefined && /^[0-9a-f]{40}$/i.test(shasum) ? shasum.toLowerCase() : undefined,
      dev: isDev ? (true as const) : undefined,
      requires: names(field(entry, 'require')),
      provides: listed([names(field(entry, 'provide')), names(field(entry, 'replace'))].flatMap((list) => list ?? [])),
    }),
  };
}

/** Packages have a slash in their names; what has none is PHP, an extension, or a library of the system. */
function names(requirements: unknown): string[] | undefined {
  return listed(entriesOf(requirements).map(([name]) => (name.includes('/') ? token(name)?.toLowerCase() : undefined)));
}

function listed(texts: readonly (string | undefined)[]): string[] | undefined {
  const found = texts.slice(0, maxItems).filter((text) => text !== undefined);
  return found.length === 0 ? undefined : found;
}

function person(value: unknown): string | undefined {
  const [name, email] = [textOf(field(value, 'name')), textOf(field(value, 'email'))];
  return name !== undefined && email !== undefined ? `${name} <${email}>` : (name ?? email);
}

function address(value: unknown): string | undefined {
  const stated = textOf(value);
  return stated === undefined ? undefined : withoutCredentials(stated);
}
