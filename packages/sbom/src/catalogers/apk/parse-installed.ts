import { OwnedPaths } from '../owned-path.ts';
import { isPlainToken } from '../text/plain-token.ts';
import { splitLines } from '../text/read-lines.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { apkRelationName } from './parse-relation.ts';

/** A package as apk's installed database has it (apk-package(5), field letters in brackets). */
export interface ApkPackage {
  /** `P` */
  readonly name: string;
  /** `V` */
  readonly version: string;
  /** `A` */
  readonly architecture?: string;
  /** `o`, the source package, where it has another name. */
  readonly origin?: string;
  /** `L` */
  readonly license?: string;
  /** `m` */
  readonly maintainer?: string;
  /** `T` */
  readonly description?: string;
  /** `U` */
  readonly url?: string;
  /** `c`, the commit of the package repository it was built from. */
  readonly commit?: string;
  /** `C` as written: `Q1` and the base64 SHA-1 of the control segment, not of the package. */
  readonly checksum?: string;
  /** `I`, bytes. */
  readonly installedSize?: number;
  /** Names of the packages of the same database that meet its `D`, sorted. */
  readonly depends?: readonly string[];
  /** `F` and `R`, the files it owns, as `OwnedPaths.encode` writes them. */
  readonly files?: string;
}

/** What an installed database says. */
export interface ApkInstalled {
  readonly packages: readonly ApkPackage[];
  /** What could not be read, one sentence each. */
  readonly problems: readonly string[];
}

/** Takes an installed database line by line. */
export interface ApkInstalledParser {
  /** @returns false when nothing further will be taken */
  line(text: string): boolean;
  /** What was read; call once, after the last line. */
  end(): ApkInstalled;
}

/** Packages that one database may have; Alpine has some 25 000 in all. */
export const maxApkPackages = 100_000;
/** Files of all packages together. */
const maxFiles = 5_000_000;
/** Names in the relations of all packages together. */
const maxNames = 1_000_000;

/** Where a database lies. */
export interface ApkInstalledOptions {
  /** Root of the system it describes, as a prefix of the paths of owned files: `opt/rootfs/`. Default: none. */
  readonly root?: string;
}

/** Reads apk's database of installed packages. Never throws. */
export function parseApkInstalled(text: string, options: ApkInstalledOptions = {}): ApkInstalled {
  const parser = createApkInstalledParser(options);
  splitLines(text, (line) => parser.line(line));
  return parser.end();
}

/** One block while its lines arrive. */
interface Block {
  /** First value of each one-letter field. */
  readonly values: Map<string, string>;
  readonly root: string;
  /** Of the files that follow, as a prefix of paths. */
  directory: string;
  files: OwnedPaths | undefined;
}

/** A package whose needs are still words; they can be met only when all packages are known. */
interface Unresolved {
  readonly pkg: ApkPackage;
  readonly needs: readonly string[];
}

/** {@link parseApkInstalled} for a database that comes in pieces. */
export function createApkInstalledParser(options: ApkInstalledOptions = {}): ApkInstalledParser {
  const { root = '' } = options;
  const table = createPackageTable();
  let block: Block | undefined;
  let files = 0;

  const finish = (): void => {
    if (block !== undefined) table.add(block);
    block = undefined;
  };
  const full = (): boolean => table.full() || files > maxFiles;
  return {
    line(text) {
      if (full()) return false;
      if (text.trim() === '') finish();
      // Letters are case-sensitive: `P` is the name, `p` what it provides.
      else if (text[1] === ':') {
        block ??= { values: new Map(), root, directory: root, files: undefined };
        if (text[0] === 'R') files += 1;
        takeField(block, text.charAt(0), text.slice(2));
      }
      return !full();
    },
    end() {
      finish();
      const { packages, problems } = table.end();
      const limits = `${maxApkPackages} packages, ${maxFiles} files or ${maxNames} relations`;
      return { packages, problems: full() ? [...problems, `over ${limits}, the rest was not read`] : problems };
    },
  };
}

/** Gathers packages, and meets their needs when all are there. */
function createPackageTable(): { add(block: Block): void; full(): boolean; end(): ApkInstalled } {
  const found: Unresolved[] = [];
  const providers = new Map<string, string>();
  let names = 0;
  let nameless = 0;
  return {
    add(block) {
      const pkg = apkPackage(block);
      if (pkg === undefined) {
        nameless += 1;
        return;
      }
      const needs = relationNames(block.values.get('D'));
      const provided = relationNames(block.values.get('p'));
      found.push({ pkg, needs });
      names += needs.length + provided.length;
      // A package answers to its own name before any other that claims it.
      providers.set(pkg.name, pkg.name);
      for (const name of provided) if (!providers.has(name)) providers.set(name, pkg.name);
    },
    full: () => found.length >= maxApkPackages || names >= maxNames,
    end: () => ({
      packages: found.map((entry) => resolved(entry, providers)),
      problems: nameless > 0 ? [`${nameless} package(s) without a usable name (P) or version (V)`] : [],
    }),
  };
}

function takeField(block: Block, letter: string, value: string): void {
  if (letter === 'F') block.directory = value === '' ? block.root : `${block.root}${value}/`;
  else if (letter === 'R') {
    block.files ??= new OwnedPaths();
    block.files.add(block.directory + value);
  } else if ('PVAoLmTUcCIDp'.includes(letter) && !block.values.has(letter)) block.values.set(letter, value.trim());
}

function apkPackage({ values, files }: Block): ApkPackage | undefined {
  const value = (letter: string) => values.get(letter) || undefined;
  const [name = '', version = ''] = [value('P'), value('V')];
  if (!isPlainToken(name) || !isPlainToken(version)) return undefined;
  const origin = value('o');
  const size = value('I');
  const stated = {
    architecture: value('A'),
    origin: origin === name ? undefined : origin,
    license: value('L'),
    maintainer: value('m'),
    description: value('T'),
    url: value('U'),
    commit: value('c'),
    checksum: value('C'),
    installedSize: size !== undefined && /^\d{1,15}$/.test(size) ? Number(size) : undefined,
    files: files?.encode(),
  };
  return { name, version, ...withoutUndefined(stated) };
}

function relationNames(field: string | undefined): string[] {
  return (field ?? '').split(/\s+/).flatMap((word) => apkRelationName(word) ?? []);
}

function resolved({ pkg, needs }: Unresolved, providers: ReadonlyMap<string, string>): ApkPackage {
  const depends = new Set(needs.flatMap((need) => providers.get(need) ?? []));
  depends.delete(pkg.name);
  return depends.size === 0 ? pkg : { ...pkg, depends: Array.from(depends).sort() };
}
