import { SbomError } from '../../sbom-error.ts';
import { isPlainToken } from '../text/plain-token.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { type OpenPgpSignature, parseOpenPgpSignature } from './header/parse-openpgp-signature.ts';
import { parseRpmHeader, type RpmHeader } from './header/parse-rpm-header.ts';
import { type RpmFile, rpmFiles } from './header/rpm-files.ts';
import { rpmTag } from './header/rpm-tags.ts';

/** An installed package as its header in the database states it. */
export interface RpmPackage {
  readonly name: string;
  readonly version: string;
  readonly release: string;
  /** Absent where the header has none, which rpm compares as 0. */
  readonly epoch?: number;
  /** Absent for `gpg-pubkey`, the keys that were imported to trust packages. */
  readonly architecture?: string;
  /** File name of the source package: `bash-5.1.8-6.el9.src.rpm`. */
  readonly sourceRpm?: string;
  readonly license?: string;
  readonly vendor?: string;
  readonly summary?: string;
  readonly url?: string;
  /** The module it comes from: `name:stream:version:context`. */
  readonly modularityLabel?: string;
  /** Bytes of all its files. */
  readonly size?: number;
  /** Seconds since 1970. */
  readonly buildTime?: number;
  /** Seconds since 1970. */
  readonly installTime?: number;
  /** 6 for packages of that format; 4 and 3 do not say. */
  readonly format?: number;
  /** Lower-case hexadecimal digest of the header, as stated. */
  readonly headerSha256?: string;
  /** As {@link headerSha256}, for packages built before rpm 4.14. */
  readonly headerSha1?: string;
  /** As stated; nothing is verified. */
  readonly signatures: readonly OpenPgpSignature[];
  /** Names it provides, its own among them. */
  readonly provides: readonly string[];
  /**
   * Names, files and rich dependencies (`(a or b)`) it needs, each once, without versions and without what it needs of
   * rpm itself.
   */
  readonly requires: readonly string[];
  /**
   * The paths it owns. They are read from the header while they are iterated, and may be iterated again.
   * @throws SbomError `MALFORMED` where the header breaks its format
   */
  files(): Iterable<RpmFile>;
}

/** Characters of one text that are kept. */
const maxTextLength = 64 * 1024;
/** Names in the relations of one package that are read. */
const maxNames = 100_000;
const maxSignatures = 100;
/** Bits of a requirement (rpm, include/rpm/rpmds.h): of rpm's own features, and not missed where it is not there. */
const ofRpmItself = 1 << 24;
const mayBeMissing = 1 << 19;

/**
 * Reads an installed package from its header.
 *
 * @throws SbomError `MALFORMED` when it is no header, or has no usable name, version and release
 */
export function parseRpmPackage(blob: Uint8Array): RpmPackage {
  const header = parseRpmHeader(blob);
  const [name, version, release] = [rpmTag.name, rpmTag.version, rpmTag.release].map((tag) => header.text(tag) ?? '');
  if (name === undefined || version === undefined || release === undefined) throw unnamed();
  if (![name, version, release].every(isPlainToken)) throw unnamed();
  const text = (tag: number) => header.text(tag)?.slice(0, maxTextLength) || undefined;
  const number = (tag: number) => header.numbers(tag)?.at(0);
  const stated = {
    epoch: number(rpmTag.epoch),
    architecture: text(rpmTag.architecture),
    sourceRpm: text(rpmTag.sourceRpm),
    license: text(rpmTag.license),
    vendor: text(rpmTag.vendor),
    summary: text(rpmTag.summary),
    url: text(rpmTag.url),
    modularityLabel: text(rpmTag.modularityLabel),
    size: number(rpmTag.longSize) ?? number(rpmTag.size),
    buildTime: number(rpmTag.buildTime),
    installTime: number(rpmTag.installTime),
    format: number(rpmTag.format),
    headerSha256: text(rpmTag.sha256Header),
    headerSha1: text(rpmTag.sha1Header),
  };
  return {
    ...{ name, version, release, ...withoutUndefined(stated) },
    signatures: signatures(header),
    provides: Array.from(new Set(firstOf(header.texts(rpmTag.provideName), maxNames))),
    requires: requirements(header),
    files: () => ({ [Symbol.iterator]: () => rpmFiles(header) }),
  };
}

/** `epoch:version-release`, without the epoch where it is 0. */
export function rpmVersion({ epoch, version, release }: Pick<RpmPackage, 'epoch' | 'version' | 'release'>): string {
  return `${epoch ? `${epoch}:` : ''}${version}-${release}`;
}

function signatures(header: RpmHeader): OpenPgpSignature[] {
  const encoded = firstOf(header.texts(rpmTag.openPgp), maxSignatures).map((text) => Buffer.from(text, 'base64'));
  const tags = [rpmTag.rsaHeader, rpmTag.dsaHeader, rpmTag.sigPgp, rpmTag.sigGpg];
  const all = [...encoded, ...tags.flatMap((tag) => header.bytes(tag) ?? [])];
  return all.flatMap((bytes) => parseOpenPgpSignature(bytes) ?? []);
}

function requirements(header: RpmHeader): string[] {
  const flags = header.numbers(rpmTag.requireFlags);
  const names = firstOf(header.texts(rpmTag.requireName), maxNames);
  const needed = names.filter(
    (name, index) => ((flags?.at(index) ?? 0) & (ofRpmItself | mayBeMissing)) === 0 && !name.startsWith('rpmlib('),
  );
  return Array.from(new Set(needed));
}

function firstOf(texts: Iterable<string> | undefined, count: number): string[] {
  const found: string[] = [];
  for (const text of texts ?? []) {
    if (found.length >= count) break;
    found.push(text);
  }
  return found;
}

function unnamed(): SbomError {
  return new SbomError('MALFORMED', 'rpm header: no usable name, version and release');
}
