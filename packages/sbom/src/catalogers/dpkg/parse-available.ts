import type { PackageHash } from '../../model/package.ts';
import { isPlainToken } from '../text/plain-token.ts';
import { splitLines } from '../text/read-lines.ts';
import { createStanzaParser, type FieldForm, fieldValue, type Stanza } from '../text/stanza-parser.ts';

/** A package archive (`.deb`) that dpkg's `available` file knows by its hash. */
export interface DpkgArchive {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Of the archive, not of anything in it. At least one. */
  readonly hashes: readonly PackageHash[];
}

/** Takes an `available` file line by line. */
export interface DpkgAvailableParser {
  /** @returns false when no further archive will be taken */
  line(text: string): boolean;
  /** The archives in the order of the file; call once, after the last line. */
  end(): DpkgArchive[];
}

/** Archives with a hash that one file may have. */
export const maxDpkgArchives = 100_000;

const hashFields = [
  ['sha256', 'SHA-256', 64],
  ['sha1', 'SHA-1', 40],
  ['md5sum', 'MD5', 32],
] as const;

const fields: ReadonlyMap<string, FieldForm> = new Map<string, FieldForm>(
  ['package', 'version', 'architecture', ...hashFields.map(([name]) => name)].map((name) => [name, 'line']),
);

/** Reads the archives' hashes from dpkg's `available` file. Never throws. */
export function parseDpkgAvailable(text: string): DpkgArchive[] {
  const parser = createDpkgAvailableParser();
  splitLines(text, (line) => parser.line(line));
  return parser.end();
}

/** {@link parseDpkgAvailable} for a file that comes in pieces. */
export function createDpkgAvailableParser(): DpkgAvailableParser {
  const stanzas = createStanzaParser(fields);
  const archives: DpkgArchive[] = [];
  const take = (stanza: Stanza | undefined): void => {
    const archive = stanza && archiveOf(stanza);
    if (archive !== undefined && archives.length < maxDpkgArchives) archives.push(archive);
  };
  return {
    line(text) {
      take(stanzas.line(text));
      return archives.length < maxDpkgArchives;
    },
    end() {
      take(stanzas.end());
      return archives;
    },
  };
}

function archiveOf(stanza: Stanza): DpkgArchive | undefined {
  const value = (name: string) => fieldValue(stanza, name) ?? '';
  const [name, version, architecture] = [value('package'), value('version'), value('architecture')];
  const hashes = hashFields.flatMap(([field, algorithm, digits]): PackageHash[] => {
    const content = value(field).toLowerCase();
    return content.length === digits && /^[0-9a-f]+$/.test(content) ? [{ algorithm, content }] : [];
  });
  if (![name, version, architecture].every(isPlainToken) || hashes.length === 0) return undefined;
  return { name, version, architecture, hashes };
}
