import type { PackageHash } from '../../model/package.ts';
import { OwnedPaths } from '../owned-path.ts';
import { type Fields, isFields, token } from '../text/json-fields.ts';
import { isPlainToken } from '../text/plain-token.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** An installed conda package. Plain JSON. */
export interface CondaPackage {
  readonly name: string;
  readonly version: string;
  /** Build string: `py311h06a4308_0`. */
  readonly build?: string;
  /** Short name: `conda-forge`, `main`; the address without token and platform for channels elsewhere. */
  readonly channel?: string;
  /** Platform: `linux-64`, `noarch`. */
  readonly subdir?: string;
  /** Form of the package's archive. */
  readonly archive?: 'conda' | 'tar.bz2';
  readonly license?: string;
  /** MD5 and SHA-256 of the archive. */
  readonly hashes?: readonly PackageHash[];
  /** Names of the packages it needs, sorted. */
  readonly depends?: readonly string[];
  /** The request of a person that brought it, where one did: `numpy>=1.2`. */
  readonly requested?: string;
  /** Paths of its files as `OwnedPaths.encode` writes them. */
  readonly paths?: string;
}

/** The outcome of reading a record. */
export type CondaMeta =
  | { readonly kind: 'package'; readonly pkg: CondaPackage; readonly truncated: boolean }
  | { readonly kind: 'malformed'; readonly reason: string };

const maxFiles = 1_000_000;
const maxDepends = 10_000;

/**
 * Reads a record of an installed package, `conda-meta/NAME-VERSION-BUILD.json`. Never throws.
 *
 * @param prefix - Directory of the environment, relative to the image root, with its slash; empty at the root.
 */
export function parseCondaMeta(text: string, prefix: string): CondaMeta {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (error) {
    return { kind: 'malformed', reason: `not JSON (${error instanceof Error ? error.name : 'unreadable'})` };
  }
  if (!isFields(record)) return { kind: 'malformed', reason: 'not a JSON object' };
  const [name, version] = [token(record.name), token(record.version)];
  if (name === undefined) return { kind: 'malformed', reason: 'no usable name' };
  if (version === undefined) return { kind: 'malformed', reason: 'no usable version' };
  const files = Array.isArray(record.files) ? record.files : [];
  const stated = {
    ...{ build: token(record.build), subdir: token(record.subdir), archive: archiveOf(record) },
    channel: channelOf(record),
    license: line(record.license),
    hashes: hashesOf(record),
    depends: dependsOf(record.depends),
    requested: line(record.requested_spec),
    paths: ownedPaths(files, prefix),
  };
  return { kind: 'package', pkg: { name, version, ...withoutUndefined(stated) }, truncated: files.length > maxFiles };
}

function archiveOf({ fn, url }: Fields): CondaPackage['archive'] {
  const file = [fn, url].find((value) => typeof value === 'string') ?? '';
  if (file.endsWith('.conda')) return 'conda';
  return file.endsWith('.tar.bz2') ? 'tar.bz2' : undefined;
}

/**
 * `https://conda.anaconda.org/conda-forge/linux-64` is `conda-forge`, `https://repo.anaconda.com/pkgs/main` is `main`.
 * Private channels have a token in the path, behind a `t`.
 */
function channelOf({ channel, subdir }: Fields): string | undefined {
  const stated = line(channel);
  if (stated === undefined) return undefined;
  const clean = withoutCredentials(stated)
    .replace(/(?:^|\/)t\/[^/]+(?=\/|$)/, '')
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '');
  const platform = typeof subdir === 'string' ? `/${subdir}` : '/noarch';
  const address = clean.endsWith(platform) ? clean.slice(0, -platform.length) : clean;
  const known = /^https?:\/\/(?:conda\.anaconda\.org|repo\.anaconda\.com\/pkgs)\/+(.+)$/.exec(address)?.[1];
  const short = (known ?? address).replace(/^pkgs\//, '');
  return isPlainToken(short) ? short : undefined;
}

function hashesOf({ md5, sha256 }: Fields): PackageHash[] | undefined {
  const hashes: PackageHash[] = [];
  if (typeof md5 === 'string' && /^[0-9a-f]{32}$/.test(md5)) hashes.push({ algorithm: 'MD5', content: md5 });
  if (typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256)) {
    hashes.push({ algorithm: 'SHA-256', content: sha256 });
  }
  return hashes.length > 0 ? hashes : undefined;
}

/** Match specifications: `python >=3.11,<3.12.0a0`. Names with two underscores are properties of the system. */
function dependsOf(depends: unknown): string[] | undefined {
  if (!Array.isArray(depends)) return undefined;
  const names = depends.slice(0, maxDepends).flatMap((entry: unknown) => {
    const name =
      typeof entry === 'string' ? /^(?:[^\s:]*::)?([\w.-]{1,256})(?=$|[\s<>=!~[])/.exec(entry)?.[1] : undefined;
    return name === undefined || name.startsWith('__') ? [] : name;
  });
  return names.length > 0 ? Array.from(new Set(names)).sort() : undefined;
}

function ownedPaths(files: readonly unknown[], prefix: string): string | undefined {
  const paths = new OwnedPaths();
  for (const file of files.slice(0, maxFiles)) if (typeof file === 'string') paths.add(`${prefix}${file}`);
  return paths.size > 0 ? paths.encode() : undefined;
}

function line(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, 1_024).trim().toWellFormed() || undefined : undefined;
}
