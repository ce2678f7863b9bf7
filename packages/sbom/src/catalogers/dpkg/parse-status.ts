import { isPlainToken } from '../text/plain-token.ts';
import { splitLines } from '../text/read-lines.ts';
import { createStanzaParser, type FieldForm, fieldValue, type Stanza } from '../text/stanza-parser.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { type DpkgConffile, parseConffiles } from './parse-conffiles.ts';
import { parseRelations } from './parse-relations.ts';

/** A package whose files are there, as its stanza in a dpkg status file has it (deb-control(5), dpkg-query(1)). */
export interface DpkgPackage {
  readonly name: string;
  /** Full version with epoch and revision. */
  readonly version: string;
  readonly architecture?: string;
  /** `Status` as written; absent in `status.d`, where every stanza is an installed package. */
  readonly status?: string;
  /** The source package, where the stanza names one; without a version where that is the package's own. */
  readonly source?: { readonly name: string; readonly version?: string };
  readonly maintainer?: string;
  /** First line of the description. */
  readonly description?: string;
  readonly homepage?: string;
  readonly section?: string;
  readonly priority?: string;
  readonly essential?: true;
  /** `Multi-Arch`: `same`, `foreign` or `allowed`. */
  readonly multiArch?: string;
  /** Bytes, an estimate: dpkg writes KiB. */
  readonly installedSize?: number;
  /** What it needs from `Pre-Depends` and `Depends`: for each need the names that would do, the preferred first. */
  readonly depends?: readonly (readonly string[])[];
  /** Other names it answers to. */
  readonly provides?: readonly string[];
  /** Its configuration files, at most 10 000. */
  readonly conffiles?: readonly DpkgConffile[];
}

/** What a status file says. */
export interface DpkgStatus {
  /** The packages whose files are there, in the order of the file (see {@link dpkgStates}). */
  readonly packages: readonly DpkgPackage[];
  /** What could not be read, one sentence each. */
  readonly problems: readonly string[];
}

/** Takes a status file line by line. */
export interface DpkgStatusParser {
  /** @returns false when no further package will be taken */
  line(text: string): boolean;
  /** What was read; call once, after the last line. */
  end(): DpkgStatus;
}

/** Packages that one status file may have; Debian has some 65 000 in all. */
export const maxDpkgPackages = 200_000;
/**
 * States (dpkg(1), the third word of `Status`) in which the files of a package are there. Between `half-installed` and
 * `installed` an installation or upgrade broke off: what it is at this version may be incomplete, but it can be run, so
 * an inventory has it, with its `status`. `config-files` and `not-installed` have no files but configuration.
 */
export const dpkgStates: ReadonlySet<string> = new Set([
  'half-installed',
  'unpacked',
  'half-configured',
  'triggers-awaited',
  'triggers-pending',
  'installed',
]);
const maxConffiles = 10_000;
/** Names in the relations, and configuration files, of all packages together: each costs many times the two bytes it takes in the file. */
const maxNames = 1_000_000;

const fields: ReadonlyMap<string, FieldForm> = new Map<string, FieldForm>([
  ['package', 'line'],
  ['version', 'line'],
  ['architecture', 'line'],
  ['status', 'line'],
  ['source', 'line'],
  ['maintainer', 'line'],
  ['description', 'line'],
  ['homepage', 'line'],
  ['section', 'line'],
  ['priority', 'line'],
  ['essential', 'line'],
  ['multi-arch', 'line'],
  ['installed-size', 'line'],
  ['pre-depends', 'folded'],
  ['depends', 'folded'],
  ['provides', 'folded'],
  ['conffiles', 'folded'],
]);

/** Reads a dpkg status file, or one file of a `status.d` directory. Never throws. */
export function parseDpkgStatus(text: string): DpkgStatus {
  const parser = createDpkgStatusParser();
  splitLines(text, (line) => parser.line(line));
  return parser.end();
}

/** {@link parseDpkgStatus} for a file that comes in pieces: it holds one stanza beside the result. */
export function createDpkgStatusParser(): DpkgStatusParser {
  const stanzas = createStanzaParser(fields);
  const packages: DpkgPackage[] = [];
  let nameless = 0;
  let names = 0;
  let tooMany = false;

  const take = (stanza: Stanza | undefined): void => {
    if (stanza === undefined || !isPresent(stanza)) return;
    const pkg = dpkgPackage(stanza);
    if (pkg === undefined) nameless += 1;
    else if (tooMany) return;
    else {
      packages.push(pkg);
      names += nameCount(pkg);
      tooMany = packages.length >= maxDpkgPackages || names >= maxNames;
    }
  };
  return {
    line(text) {
      take(stanzas.line(text));
      return !tooMany;
    },
    end() {
      take(stanzas.end());
      const problems: string[] = [];
      if (nameless > 0) problems.push(`${nameless} installed package(s) without a usable Package or Version field`);
      if (tooMany) problems.push(`over ${maxDpkgPackages} packages or ${maxNames} relations, the rest was not read`);
      return { packages, problems };
    },
  };
}

/** A stanza without `Status` comes from `status.d` and is installed. */
function isPresent(stanza: Stanza): boolean {
  const status = fieldValue(stanza, 'status');
  return status === undefined || dpkgStates.has(status.split(/\s+/)[2] ?? '');
}

function nameCount({ provides = [], depends = [], conffiles = [] }: DpkgPackage): number {
  return provides.length + conffiles.length + depends.reduce((sum, { length }) => sum + length, 0);
}

function dpkgPackage(stanza: Stanza): DpkgPackage | undefined {
  const value = (name: string) => fieldValue(stanza, name);
  const [name = '', version = ''] = [value('package'), value('version')];
  if (!isPlainToken(name) || !isPlainToken(version)) return undefined;
  const depends = ['pre-depends', 'depends'].flatMap((field) => parseRelations(value(field) ?? ''));
  const provides = parseRelations(value('provides') ?? '').flat();
  const conffiles = parseConffiles(value('conffiles') ?? '').slice(0, maxConffiles);
  const stated = {
    architecture: value('architecture'),
    status: value('status'),
    source: parseSource(value('source') ?? '', name, version),
    maintainer: value('maintainer'),
    description: value('description'),
    homepage: value('homepage'),
    section: value('section'),
    priority: value('priority'),
    essential: value('essential')?.toLowerCase() === 'yes' ? (true as const) : undefined,
    multiArch: value('multi-arch'),
    installedSize: kibibytes(value('installed-size')),
    depends: depends.length > 0 ? depends : undefined,
    provides: provides.length > 0 ? provides : undefined,
    conffiles: conffiles.length > 0 ? conffiles : undefined,
  };
  return { name, version, ...withoutUndefined(stated) };
}

/** `name` or `name (version)`; nothing where it says what the package itself says. */
function parseSource(field: string, name: string, version: string): DpkgPackage['source'] | undefined {
  const open = field.indexOf('(');
  const sourceName = (open < 0 ? field : field.slice(0, open)).trim();
  const close = field.indexOf(')', open + 1);
  const sourceVersion = open < 0 || close < 0 ? '' : field.slice(open + 1, close).trim();
  if (!isPlainToken(sourceName)) return undefined;
  if (isPlainToken(sourceVersion) && sourceVersion !== version) return { name: sourceName, version: sourceVersion };
  return sourceName === name ? undefined : { name: sourceName };
}

function kibibytes(field: string | undefined): number | undefined {
  if (field === undefined || !/^\d{1,12}$/.test(field)) return undefined;
  return Number(field) * 1024;
}
