import type { RandomAccess } from '../../catalog/cataloger.ts';
import { ByteFields } from '../byte-fields.ts';
import { isPe } from '../executable-head.ts';
import { readRange } from '../read-range.ts';

/** A section of a PE file. Addresses are relative to the image base. */
export interface PeSection {
  readonly name: string;
  readonly address: number;
  /** Bytes in memory. */
  readonly virtualSize: number;
  readonly offset: number;
  /** Bytes in the file. */
  readonly size: number;
  /** `IMAGE_SCN_…` flags. */
  readonly characteristics: number;
}

/** A data directory: a table at an address relative to the image base. */
export interface PeDirectory {
  readonly address: number;
  readonly size: number;
}

/** Headers and section table of a PE file (Microsoft, "PE Format"). */
export interface PeFile {
  readonly access: RandomAccess;
  readonly is64: boolean;
  /** `IMAGE_FILE_MACHINE_…`. */
  readonly machine: number;
  /** `IMAGE_FILE_…` flags. */
  readonly characteristics: number;
  /** `IMAGE_DLLCHARACTERISTICS_…` flags. */
  readonly dllCharacteristics: number;
  readonly subsystem: number;
  readonly imageBase: number;
  readonly directories: readonly PeDirectory[];
  readonly sections: readonly PeSection[];
}

/** Indexes of {@link PeFile.directories}. */
export const peDirectory = { exports: 0, imports: 1, resources: 2, debug: 6, clr: 14 } as const;

/** `IMAGE_SCN_…`. */
export const peSectionFlag = {
  initializedData: 0x40,
  execute: 0x2000_0000,
  read: 0x4000_0000,
  write: 0x8000_0000,
} as const;

const maxSections = 96;
const maxDirectories = 16;

/** Reads the headers of a PE file in three reads at most. @returns undefined where it is none */
export async function readPe(access: RandomAccess): Promise<PeFile | undefined> {
  const dos = await readRange(access, 0, 64);
  if (!isPe(dos)) return undefined;
  const begin = new ByteFields(dos).u32(0x3c);
  const fields = new ByteFields(await readRange(access, begin, 24 + 240));
  if (fields.u32(0) !== 0x4550) return undefined;
  const optionalSize = fields.u16(20);
  const magic = fields.u16(24);
  if (magic !== 0x10b && magic !== 0x20b) return undefined;
  const is64 = magic === 0x20b;
  const table = begin + 24 + optionalSize;
  const sections = Math.min(fields.u16(6), maxSections);
  return {
    access,
    is64,
    machine: fields.u16(4),
    characteristics: fields.u16(22),
    subsystem: fields.u16(24 + 68),
    dllCharacteristics: fields.u16(24 + 70),
    imageBase: is64 ? fields.u64(24 + 24) : fields.u32(24 + 28),
    directories: directories(fields, 24 + (is64 ? 108 : 92)),
    sections: parseSections(await readRange(access, table, sections * 40)),
  };
}

/** Where an address relative to the image base lies in the file, and how many bytes of its section follow it there. */
export function peAddress(pe: PeFile, address: number): { offset: number; size: number } | undefined {
  for (const section of pe.sections) {
    const into = address - section.address;
    if (into >= 0 && into < section.size) return { offset: section.offset + into, size: section.size - into };
  }
  return undefined;
}

/** The bytes from an address relative to the image base, as far as its section has them. */
export async function readPeAddress(pe: PeFile, address: number, length: number): Promise<Uint8Array> {
  const place = peAddress(pe, address);
  return place === undefined ? new Uint8Array(0) : readRange(pe.access, place.offset, Math.min(length, place.size));
}

function directories(fields: ByteFields, countAt: number): PeDirectory[] {
  const count = Math.min(fields.u32(countAt), maxDirectories);
  return Array.from({ length: count }, (_, index) => {
    const at = countAt + 4 + index * 8;
    return { address: fields.u32(at), size: fields.u32(at + 4) };
  });
}

function parseSections(bytes: Uint8Array): PeSection[] {
  const fields = new ByteFields(bytes);
  return Array.from({ length: Math.floor(bytes.length / 40) }, (_, index) => {
    const at = index * 40;
    return {
      name: fields.text(at, 8),
      virtualSize: fields.u32(at + 8),
      address: fields.u32(at + 12),
      size: fields.u32(at + 16),
      offset: fields.u32(at + 20),
      characteristics: fields.u32(at + 36),
    };
  });
}
