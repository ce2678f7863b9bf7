import type { RandomAccess } from '../catalog/cataloger.ts';
import { headLength } from '../catalog/head-length.ts';
import { sectionType, segmentFlag, segmentType } from './elf/elf-constants.ts';
import { type ElfFile, readElf } from './elf/elf-file.ts';
import { elfSymbolAddresses } from './elf/elf-symbols.ts';
import { executableFormat } from './executable-head.ts';
import { type MachOFile, readMachO } from './mach-o/mach-o-file.ts';
import { machOSymbolAddresses } from './mach-o/mach-o-symbols.ts';
import { peExportAddresses } from './pe/pe-exports.ts';
import { type PeFile, peSectionFlag, readPe } from './pe/pe-file.ts';
import { readRange } from './read-range.ts';

/** Bytes of the file that have an address when the program runs. */
export interface MappedRange {
  readonly address: number;
  readonly offset: number;
  /** Bytes in the file. */
  readonly size: number;
  /** Readable and writable, not executable: where a program keeps its data. */
  readonly data: boolean;
}

/** A section by its name, where the file has bytes of it. */
export interface NamedSection {
  readonly name: string;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
}

/** What all executables have in common, whatever their format: enough to find what a compiler left in them. */
export interface ExecutableImage {
  readonly access: RandomAccess;
  readonly is64: boolean;
  readonly littleEndian: boolean;
  readonly sections: readonly NamedSection[];
  readonly ranges: readonly MappedRange[];
  readonly file:
    | ({ readonly format: 'elf' } & ElfFile)
    | ({ readonly format: 'pe' } & PeFile)
    | ({ readonly format: 'mach-o' } & MachOFile);
  /** Addresses of symbols by their names as C has them; undefined where one is missing. */
  symbols(names: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

/** Images by the file they were read from: several catalogers look at one file and are handed the same access. */
const opened = new WeakMap<RandomAccess, Promise<ExecutableImage[]>>();

/**
 * Opens an executable: one image, or one for each machine of a universal Mach-O file. Reads its tables and nothing else,
 * and those once for each `access`, however often it is asked.
 *
 * @returns nothing where it is no ELF, PE or Mach-O file
 */
export function openExecutable(access: RandomAccess): Promise<readonly ExecutableImage[]> {
  const known = opened.get(access);
  if (known !== undefined) return known;
  const images = readImages(access);
  opened.set(access, images);
  return images;
}

async function readImages(access: RandomAccess): Promise<ExecutableImage[]> {
  switch (executableFormat(await readRange(access, 0, headLength))) {
    case 'elf': {
      const elf = await readElf(access);
      return elf === undefined ? [] : [elfImage(elf)];
    }
    case 'pe': {
      const pe = await readPe(access);
      return pe === undefined ? [] : [peImage(pe)];
    }
    case 'mach-o':
      return (await readMachO(access)).map(machOImage);
    default:
      return [];
  }
}

/** The section of that name. */
export function namedSection({ sections }: ExecutableImage, name: string): NamedSection | undefined {
  return sections.find((section) => section.name === name);
}

/** The bytes from an address, as far as the file has them. */
export async function readAddress(image: ExecutableImage, address: number, length: number): Promise<Uint8Array> {
  const range = image.ranges.find(
    (candidate) => address >= candidate.address && address < candidate.address + candidate.size,
  );
  if (range === undefined) return new Uint8Array(0);
  const into = address - range.address;
  return readRange(image.access, range.offset + into, Math.min(length, range.size - into));
}

function elfImage(elf: ElfFile): ExecutableImage {
  const { access, is64, littleEndian } = elf;
  const writable = segmentFlag.write | segmentFlag.execute;
  return {
    ...{ access, is64, littleEndian },
    file: { format: 'elf', ...elf },
    sections: elf.sections.filter(({ type }) => type !== sectionType.noBits),
    ranges: elf.segments
      .filter(({ type, size }) => type === segmentType.load && size > 0)
      .map(({ address, offset, size, flags }) => ({
        ...{ address, offset, size },
        data: (flags & writable) === segmentFlag.write,
      })),
    symbols: (names) => elfSymbolAddresses(elf, names),
  };
}

function peImage(pe: PeFile): ExecutableImage {
  const { access, is64, imageBase } = pe;
  const mask = peSectionFlag.initializedData | peSectionFlag.read | peSectionFlag.write;
  const sections = pe.sections.filter(({ size }) => size > 0);
  const place = ({ address, offset, size }: PeFile['sections'][number]) => ({
    ...{ address: imageBase + address, offset, size },
  });
  return {
    ...{ access, is64, littleEndian: true },
    file: { format: 'pe', ...pe },
    sections: sections.map((section) => ({ name: section.name, ...place(section) })),
    ranges: sections.map((section) => ({ ...place(section), data: (section.characteristics & mask) === mask })),
    symbols: async (names) => {
      const addresses = await peExportAddresses(pe, names);
      return new Map(Array.from(addresses, ([name, address]) => [name, imageBase + address]));
    },
  };
}

function machOImage(machO: MachOFile): ExecutableImage {
  const { access, is64, littleEndian } = machO;
  return {
    ...{ access, is64, littleEndian },
    file: { format: 'mach-o', ...machO },
    sections: machO.sections.map(({ name, address, offset, size }) => ({ name, address, offset, size })),
    ranges: machO.segments
      .filter(({ size }) => size > 0)
      .map(({ address, offset, size, protection }) => ({ address, offset, size, data: protection === 3 })),
    symbols: (names) => machOSymbolAddresses(machO, names),
  };
}
