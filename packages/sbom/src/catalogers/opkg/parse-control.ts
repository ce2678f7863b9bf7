import { parseRelations } from '../dpkg/parse-relations.ts';
import { isPlainToken } from '../text/plain-token.ts';
import { splitLines } from '../text/read-lines.ts';
import { createStanzaParser, type FieldForm, fieldValue, type Stanza } from '../text/stanza-parser.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** A package whose files are there, as a stanza of opkg's `status` or a package's `control` has it. */
export interface OpkgPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  /** `Status` as written; `control` files have none. */
  readonly status?: string;
  /** Name of the source package (`SourceName` of OpenWrt, `OE` of OpenEmbedded). */
  readonly source?: string;
  /** As written: SPDX names, joined by `&` and `|` where OpenEmbedded made the package. */
  readonly license?: string;
  readonly maintainer?: string;
  /** First line of the description. */
  readonly description?: string;
  readonly homepage?: string;
  readonly section?: string;
  /** Bytes. */
  readonly installedSize?: number;
  /** It came because another package needed it. */
  readonly autoInstalled?: true;
  /** `CPE-ID` of OpenWrt: a CPE 2.2 URI without version. */
  readonly cpe?: string;
  /** For each need the names that would do, the preferred first. */
  readonly depends?: readonly (readonly string[])[];
  /** Other names it answers to. */
  readonly provides?: readonly string[];
}

/** What a status or control file says. */
export interface OpkgControl {
  readonly packages: readonly OpkgPackage[];
  /** What could not be read, one sentence each. */
  readonly problems: readonly string[];
}

/** Takes a status or control file line by line. */
export interface OpkgControlParser {
  /** @returns false when no further package will be taken */
  line(text: string): boolean;
  /** What was read; call once, after the last line. */
  end(): OpkgControl;
}

/** Packages that one file may have. */
export const maxOpkgPackages = 50_000;
/** Names in the relations of all packages together. */
const maxNames = 500_000;

/** States in which the files of a package are there. */
const presentStates: ReadonlySet<string> = new Set([
  'half-installed',
  'unpacked',
  'half-configured',
  'post-inst-failed',
  'removal-failed',
  'installed',
]);

const lineFields = [
  ...['package', 'version', 'architecture', 'status', 'sourcename', 'oe', 'license', 'maintainer', 'description'],
  ...['homepage', 'section', 'installed-size', 'auto-installed', 'cpe-id'],
];
const fields: ReadonlyMap<string, FieldForm> = new Map<string, FieldForm>([
  ...lineFields.map((name): [string, FieldForm] => [name, 'line']),
  ['depends', 'folded'],
  ['provides', 'folded'],
]);

/** Reads opkg's `status`, or the `control` of one package. Never throws. */
export function parseOpkgControl(text: string): OpkgControl {
  const parser = createOpkgControlParser();
  splitLines(text, (line) => parser.line(line));
  return parser.end();
}

/** {@link parseOpkgControl} for a file that comes in pieces. */
export function createOpkgControlParser(): OpkgControlParser {
  const stanzas = createStanzaParser(fields);
  const packages: OpkgPackage[] = [];
  let nameless = 0;
  let names = 0;
  const full = (): boolean => packages.length >= maxOpkgPackages || names >= maxNames;
  const take = (stanza: Stanza | undefined): void => {
    if (stanza === undefined || full() || !isPresent(stanza)) return;
    const pkg = opkgPackage(stanza);
    if (pkg === undefined) nameless += 1;
    else {
      packages.push(pkg);
      names += (pkg.provides?.length ?? 0) + (pkg.depends ?? []).reduce((sum, { length }) => sum + length, 0);
    }
  };
  return {
    line(text) {
      take(stanzas.line(text));
      return !full();
    },
    end() {
      take(stanzas.end());
      const problems: string[] = [];
      if (nameless > 0) problems.push(`${nameless} installed package(s) without a usable Package or Version field`);
      if (full()) problems.push(`over ${maxOpkgPackages} packages or ${maxNames} relations, the rest was not read`);
      return { packages, problems };
    },
  };
}

function isPresent(stanza: Stanza): boolean {
  const status = fieldValue(stanza, 'status');
  return status === undefined || presentStates.has(status.split(/\s+/)[2] ?? '');
}

function opkgPackage(stanza: Stanza): OpkgPackage | undefined {
  const value = (name: string) => fieldValue(stanza, name);
  const [name = '', version = ''] = [value('package'), value('version')];
  if (!isPlainToken(name) || !isPlainToken(version)) return undefined;
  const depends = parseRelations(value('depends') ?? '');
  const provides = parseRelations(value('provides') ?? '').flat();
  const size = value('installed-size');
  const stated = {
    architecture: value('architecture'),
    status: value('status'),
    source: value('sourcename') ?? value('oe'),
    license: value('license'),
    maintainer: value('maintainer'),
    description: value('description'),
    homepage: value('homepage'),
    section: value('section'),
    installedSize: size !== undefined && /^\d{1,15}$/.test(size) ? Number(size) : undefined,
    autoInstalled: value('auto-installed')?.toLowerCase() === 'yes' ? (true as const) : undefined,
    cpe: value('cpe-id'),
    depends: depends.length > 0 ? depends : undefined,
    provides: provides.length > 0 ? provides : undefined,
  };
  return { name, version, ...withoutUndefined(stated) };
}
