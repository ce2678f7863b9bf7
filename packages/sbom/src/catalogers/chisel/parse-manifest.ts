import type { PackageHash } from '../../model/package.ts';
import { OwnedPaths } from '../owned-path.ts';
import { isPlainToken } from '../text/plain-token.ts';
import { splitLines } from '../text/read-lines.ts';

/** A Debian package of which slices are installed, as a chisel manifest has it. */
export interface ChiselPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  /** Of the package archive that the slices were cut from. */
  readonly hashes?: readonly PackageHash[];
  /** Names of the installed slices without the package's, sorted. */
  readonly slices?: readonly string[];
  /** The files its slices brought, as `OwnedPaths.encode` writes them. */
  readonly files?: string;
}

/** What a manifest says. */
export interface ChiselManifest {
  readonly packages: readonly ChiselPackage[];
  /** What could not be read, one sentence each. */
  readonly problems: readonly string[];
}

/** Takes a decompressed manifest line by line. */
export interface ChiselManifestParser {
  /** @returns false when nothing further will be taken */
  line(text: string): boolean;
  /** Undefined where the text is no manifest; call once, after the last line. */
  end(): ChiselManifest | undefined;
}

/** Packages that one manifest may have. */
export const maxChiselPackages = 20_000;
/** Paths of all packages together. */
const maxPaths = 2_000_000;
const maxSlices = 100_000;

const hashFields = [
  ['sha256', 'SHA-256', 64],
  ['sha384', 'SHA-384', 96],
  ['sha512', 'SHA-512', 128],
] as const;

type JsonLine = Readonly<Record<string, unknown>>;

/**
 * Reads chisel's manifest (`jsonwall` 1.0, schema 1.0): a header, then one JSON object a line. Never throws.
 *
 * @param text - Decompressed.
 * @returns undefined for a text without the header
 */
export function parseChiselManifest(text: string): ChiselManifest | undefined {
  const parser = createChiselManifestParser();
  splitLines(text, (line) => parser.line(line));
  return parser.end();
}

/** {@link parseChiselManifest} for a text that comes in pieces. */
export function createChiselManifestParser(): ChiselManifestParser {
  const found = new Contents();
  let header: JsonLine | undefined;
  let lines = 0;
  let broken = 0;
  let unknown: string | undefined;
  return {
    line(text) {
      const value = jsonObject(text);
      lines += 1;
      if (header === undefined) {
        header = value;
        unknown = value === undefined ? undefined : unknownVersion(value);
        return header !== undefined && typeof header.jsonwall === 'string' && unknown === undefined;
      }
      if (value !== undefined) found.add(value);
      else if (text.trim() !== '') broken += 1;
      return !found.full;
    },
    end() {
      if (typeof header?.jsonwall !== 'string') return undefined;
      const problems = unknown === undefined ? [] : [unknown];
      const { packages, nameless } = found.end();
      if (broken > 0) problems.push(`${broken} line(s) are no JSON object`);
      if (nameless > 0) problems.push(`${nameless} package(s) without a usable name or version`);
      if (found.full) problems.push(`over ${maxChiselPackages} packages or ${maxPaths} paths, the rest was not read`);
      else if (typeof header.count === 'number' && lines < header.count) {
        problems.push(`${lines} lines, its header says ${header.count}`);
      }
      return { packages, problems };
    },
  };
}

/** What the lines say, by package; paths come before or after the package they belong to. */
class Contents {
  readonly #packages = new Map<string, Omit<ChiselPackage, 'slices' | 'files'>>();
  readonly #slices = new Map<string, Set<string>>();
  readonly #files = new Map<string, OwnedPaths>();
  #nameless = 0;
  #paths = 0;
  #sliceCount = 0;

  get full(): boolean {
    return this.#packages.size >= maxChiselPackages || this.#paths >= maxPaths || this.#sliceCount >= maxSlices;
  }

  add(value: JsonLine): void {
    if (value.kind === 'package') {
      const pkg = chiselPackage(value);
      if (pkg === undefined) this.#nameless += 1;
      else this.#packages.set(pkg.name, pkg);
    } else if (value.kind === 'slice' && typeof value.name === 'string') this.#addSlice(value.name);
    else if (value.kind === 'path' && typeof value.path === 'string' && Array.isArray(value.slices)) {
      this.#addPath(value.path, value.slices);
    }
  }

  end(): { packages: ChiselPackage[]; nameless: number } {
    const packages = Array.from(this.#packages.values(), (pkg): ChiselPackage => {
      const slices = this.#slices.get(pkg.name);
      const files = this.#files.get(pkg.name);
      return { ...pkg, ...(slices && { slices: Array.from(slices).sort() }), ...(files && { files: files.encode() }) };
    });
    return { packages, nameless: this.#nameless };
  }

  #addSlice(name: string): void {
    const [pkg, slice] = sliceName(name);
    if (pkg === undefined || slice === undefined) return;
    const known = this.#slices.get(pkg) ?? new Set();
    this.#slices.set(pkg, known.add(slice));
    this.#sliceCount += 1;
  }

  #addPath(path: string, slices: readonly unknown[]): void {
    if (path.endsWith('/')) return;
    const owners = new Set(slices.slice(0, 1_000).flatMap((slice) => sliceName(slice)[0] ?? []));
    for (const owner of owners) {
      const files = this.#files.get(owner) ?? new OwnedPaths();
      this.#files.set(owner, files);
      files.add(path);
      this.#paths += 1;
    }
  }
}

function jsonObject(text: string): JsonLine | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonLine) : undefined;
  } catch {
    // Counted by the caller.
    return undefined;
  }
}

function unknownVersion({ jsonwall, schema }: JsonLine): string | undefined {
  const known = (version: unknown) =>
    version === undefined || (typeof version === 'string' && /^1\.\d+$/.test(version));
  return known(jsonwall) && known(schema) ? undefined : 'a version of the manifest that nobody here can read';
}

/** `package_slice`: names of packages have no underscore. */
function sliceName(name: unknown): readonly [pkg?: string, slice?: string] {
  const [, pkg, slice] = typeof name === 'string' ? (/^([^_\s]{1,200})_(\S{1,200})$/.exec(name) ?? []) : [];
  return pkg === undefined || slice === undefined ? [] : [pkg, slice];
}

function chiselPackage(value: JsonLine): Omit<ChiselPackage, 'slices' | 'files'> | undefined {
  const { name, version, arch } = value;
  if (typeof name !== 'string' || typeof version !== 'string' || !isPlainToken(name) || !isPlainToken(version)) {
    return undefined;
  }
  const hashes = hashFields.flatMap(([field, algorithm, digits]): PackageHash[] => {
    const content = value[field];
    const valid = typeof content === 'string' && content.length === digits && /^[0-9a-f]+$/.test(content);
    return valid ? [{ algorithm, content }] : [];
  });
  return {
    ...{ name, version },
    ...(typeof arch === 'string' && isPlainToken(arch) && { architecture: arch }),
    ...(hashes.length > 0 && { hashes }),
  };
}
