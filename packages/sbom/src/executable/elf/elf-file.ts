import type { RandomAccess } from '../../catalog/cataloger.ts';
import { ByteFields, textOf } from '../byte-fields.ts';
import { isElf } from '../executable-head.ts';
import { readRange } from '../read-range.ts';
import { sectionType } from './elf-constants.ts';

/** A program header: what the kernel maps. */
export interface ElfSegment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  /** Bytes in the file. */
  readonly size: number;
  readonly alignment: number;
}

/** A section header: what linkers and debuggers look at; an executable runs without any. */
export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  /** Bytes, in the file unless it is of type "no bits". */
  readonly size: number;
  /** Index of a related section, for a symbol table that of its strings. */
  readonly link: number;
}

/** The header of an ELF file. */
export interface ElfHeader {
  readonly is64: boolean;
  readonly littleEndian: boolean;
  /** `e_type`. */
  readonly type: number;
  /** `e_machine`. */
  readonly machine: number;
}

/** Header and tables of an ELF file. */
export interface ElfFile extends ElfHeader {
  readonly access: RandomAccess;
  readonly segments: readonly ElfSegment[];
  readonly sections: readonly ElfSection[];
  /** True where a table is larger than the file or than the limit: what is there was read. */
  readonly damaged: boolean;
}

/** Entries of either table that are read; compilers that put each function in a section come to some thousands. */
const maxEntries = 20_000;
const maxNamesBytes = 4 * 1024 * 1024;
const maxNameBytes = 256;

/** The bytes of a table and where its entries begin in them. */
interface Table {
  readonly fields: ByteFields;
  readonly starts: readonly number[];
  readonly damaged: boolean;
}

interface TablePlace {
  readonly offset: number;
  readonly entrySize: number;
  readonly count: number;
}

/** Reads the 64 bytes of the header. */
export function parseElfHeader(head: Uint8Array): ElfHeader | undefined {
  if (!isElf(head)) return undefined;
  const littleEndian = head[5] === 1;
  const fields = new ByteFields(head, littleEndian);
  return { is64: head[4] === 2, littleEndian, type: fields.u16(16), machine: fields.u16(18) };
}

/**
 * Reads the header and the tables of an ELF file (System V gABI) in four reads at most. Tables that are not there are
 * empty.
 *
 * @returns undefined where it is no ELF file
 */
export async function readElf(access: RandomAccess): Promise<ElfFile | undefined> {
  const head = await readRange(access, 0, 64);
  const header = parseElfHeader(head);
  if (header === undefined) return undefined;
  const fields = new ByteFields(head, header.littleEndian);
  const { is64 } = header;
  const first = await firstSection(access, header, fields);
  const programs = place(fields, is64 ? [32, 54, 56] : [28, 42, 44], is64);
  const sections = place(fields, is64 ? [40, 58, 60] : [32, 46, 48], is64);
  // Counts that do not fit 16 bits stand in the first section header (gABI, "e_phnum", "e_shnum", "e_shstrndx").
  const programCount = programs.count === 0xffff ? (first?.info ?? 0) : programs.count;
  const sectionCount = sections.count === 0 ? (first?.size ?? 0) : sections.count;
  const namesIndex = fields.u16(is64 ? 62 : 50);
  const segmentTable = await readTable(access, header, { ...programs, count: programCount }, is64 ? 56 : 32);
  const sectionTable = await readTable(access, header, { ...sections, count: sectionCount }, is64 ? 64 : 40);
  const raw = sectionTable.starts.map((start) => sectionOf(sectionTable.fields, start, is64));
  const names = raw[namesIndex === 0xffff ? (first?.link ?? 0) : namesIndex];
  const text = names && (await readRange(access, names.offset, Math.min(names.size, maxNamesBytes)));
  return {
    ...header,
    access,
    segments: segmentTable.starts.map((start) => segmentOf(segmentTable.fields, start, is64)),
    sections: raw.map((section) => named(section, text)),
    damaged: segmentTable.damaged || sectionTable.damaged,
  };
}

/** Where a virtual address lies in the file, by the segments that are mapped, and how many bytes follow it there. */
export function elfAddress(elf: ElfFile, address: number): { offset: number; size: number } | undefined {
  for (const segment of elf.segments) {
    const into = address - segment.address;
    if (segment.type === 1 && into >= 0 && into < segment.size) {
      return { offset: segment.offset + into, size: segment.size - into };
    }
  }
  return undefined;
}

/** The section of that name that has bytes in the file. */
export function elfSection(elf: ElfFile, name: string): ElfSection | undefined {
  return elf.sections.find((section) => section.name === name && section.type !== sectionType.noBits);
}

async function firstSection(
  access: RandomAccess,
  { is64, littleEndian }: ElfHeader,
  fields: ByteFields,
): Promise<RawSection | undefined> {
  const { offset, count } = place(fields, is64 ? [40, 58, 60] : [32, 46, 48], is64);
  const extended = count === 0 || fields.u16(is64 ? 56 : 44) === 0xffff || fields.u16(is64 ? 62 : 50) === 0xffff;
  if (offset === 0 || !extended) return undefined;
  return sectionOf(new ByteFields(await readRange(access, offset, 64), littleEndian), 0, is64);
}

function place(fields: ByteFields, [offset, entrySize, count]: readonly number[], is64: boolean): TablePlace {
  return {
    offset: fields.word(offset ?? 0, is64),
    entrySize: fields.u16(entrySize ?? 0),
    count: fields.u16(count ?? 0),
  };
}

async function readTable(
  access: RandomAccess,
  { littleEndian }: ElfHeader,
  { offset, entrySize, count }: TablePlace,
  expectedSize: number,
): Promise<Table> {
  const none = { fields: new ByteFields(new Uint8Array(0), littleEndian), starts: [] };
  if (offset === 0 || count === 0) return { ...none, damaged: false };
  if (entrySize < expectedSize) return { ...none, damaged: true };
  const bytes = await readRange(access, offset, Math.min(count, maxEntries) * entrySize);
  const there = Math.min(count, maxEntries, Math.floor(bytes.length / entrySize));
  const starts = Array.from({ length: there }, (_, index) => index * entrySize);
  return { fields: new ByteFields(bytes, littleEndian), starts, damaged: there < count };
}

function segmentOf(table: ByteFields, start: number, is64: boolean): ElfSegment {
  const at = (wide: number, narrow: number) => table.word(start + (is64 ? wide : narrow), is64);
  return {
    type: table.u32(start),
    flags: table.u32(start + (is64 ? 4 : 24)),
    offset: at(8, 4),
    address: at(16, 8),
    size: at(32, 16),
    alignment: at(48, 28),
  };
}

type RawSection = Omit<ElfSection, 'name'> & { readonly nameAt: number; readonly info: number };

function sectionOf(table: ByteFields, start: number, is64: boolean): RawSection {
  const at = (wide: number, narrow: number) => table.word(start + (is64 ? wide : narrow), is64);
  return {
    nameAt: table.u32(start),
    type: table.u32(start + 4),
    flags: at(8, 8),
    address: at(16, 12),
    offset: at(24, 16),
    size: at(32, 20),
    link: table.u32(start + (is64 ? 40 : 24)),
    info: table.u32(start + (is64 ? 44 : 28)),
  };
}

function named({ nameAt, type, flags, address, offset, size, link }: RawSection, names?: Uint8Array): ElfSection {
  const name = names === undefined ? '' : textOf(names.subarray(nameAt, nameAt + maxNameBytes));
  return { name, type, flags, address, offset, size, link };
}
