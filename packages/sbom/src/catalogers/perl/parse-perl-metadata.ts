import { field, isFields, itemsOf, parseJson, textOf, token } from '../text/json-fields.ts';
import { parsePlainYaml } from '../text/parse-plain-yaml.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** A distribution as its metadata describes it (CPAN::Meta::Spec 1.4 and 2). */
export interface PerlDistribution {
  /** With dashes: `URI-PackageURL`. */
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly author?: string;
  readonly licenses: readonly string[];
  readonly homepage?: string;
}

/** Reads a `META.json` or `MYMETA.json`. @returns undefined where the text is none. Never throws. */
export function parsePerlMetaJson(text: string): PerlDistribution | undefined {
  return distributionOf(parseJson(text));
}

/** Reads a `META.yml` or `MYMETA.yml`. @returns undefined where the text is none. Never rejects. */
export async function parsePerlMetaYaml(text: string): Promise<PerlDistribution | undefined> {
  return distributionOf(await parsePlainYaml(text));
}

function distributionOf(document: unknown): PerlDistribution | undefined {
  if (!isFields(field(document, 'meta-spec')) && textOf(field(document, 'generated_by')) === undefined)
    return undefined;
  // Some writers give modules' names, and most give versions with a `v`.
  const [name, version] = [
    token(field(document, 'name'))?.replaceAll('::', '-'),
    versionOf(field(document, 'version')),
  ];
  if (name === undefined || version === undefined) return undefined;
  const [author, license] = [field(document, 'author'), field(document, 'license')];
  const stated = {
    description: textOf(field(document, 'abstract')),
    author: textOf(author) ?? textOf(itemsOf(author)[0]),
    homepage: token(field(field(document, 'resources'), 'homepage')),
  };
  const licenses = (Array.isArray(license) ? license.slice(0, 20) : [license]).flatMap((one) => textOf(one) ?? []);
  return { name, version, licenses: licenses.filter((text) => text !== 'unknown'), ...withoutUndefined(stated) };
}

function versionOf(value: unknown): string | undefined {
  return token(typeof value === 'number' ? String(value) : value);
}

/** What cpanminus writes of a distribution when it has installed it (`.meta/NAME-VERSION/install.json`). */
export interface InstalledPerl {
  /** With dashes: `URI-PackageURL`. */
  readonly name: string;
  readonly version: string;
  /** CPAN id of who published it. */
  readonly author?: string;
  /** Place of its archive below `authors/id`. */
  readonly archive?: string;
}

/** Reads an `install.json`. @returns undefined where the text is none. Never throws. */
export function parseInstallJson(text: string): InstalledPerl | undefined {
  const document = parseJson(text);
  const version = versionOf(field(document, 'version'));
  const [main, dist, archive] = ['name', 'dist', 'pathname'].map((key) => token(field(document, key)));
  if (version === undefined || main === undefined || dist === undefined) return undefined;
  // `dist` ends in the version of the archive, which need not be spelled as the module's.
  const name = /^(.+?)-v?\d[\w.]*(?:-TRIAL\d*)?$/.exec(dist)?.[1] ?? main.replaceAll('::', '-');
  const author = /^[A-Z]\/[A-Z-]{2}\/([A-Z][A-Z0-9-]+)\//.exec(archive ?? '')?.[1];
  return { name, version, ...withoutUndefined({ author, archive }) };
}
