import type { RandomAccess } from '../../catalog/cataloger.ts';
import { ByteFields } from '../byte-fields.ts';
import { isThinMachO, isUniversalMachO, maxSlices } from '../executable-head.ts';
import { hexOf } from '../hex.ts';
import { readRange, sliceAccess } from '../read-range.ts';

/** A segment: what is mapped. */
export interface MachOSegment {
  readonly name: string;
  readonly address: number;
  readonly offset: number;
  /** Bytes in the file. */
  readonly size: number;
  /** `VM_PROT_…` bits at the start. */
  readonly protection: number;
}

/** A section of a segment. */
export interface MachOSection {
  readonly name: string;
  readonly segment: string;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
}

/** Header and load commands of a Mach-O file of one machine (`mach-o/loader.h`). */
export interface MachOFile {
  /** That machine's part of the file: offsets count from its begin. */
  readonly access: RandomAccess;
  readonly is64: boolean;
  readonly littleEndian: boolean;
  readonly cpuType: number;
  readonly fileType: number;
  readonly flags: number;
  readonly segments: readonly MachOSegment[];
  readonly sections: readonly MachOSection[];
  /** Libraries it is linked with, in their order. */
  readonly libraries: readonly string[];
  /** The name under which others link it. */
  readonly id?: string;
  readonly rpath: readonly string[];
  /** Hexadecimal. */
  readonly uuid?: string;
  readonly symbols?: {
    readonly offset: number;
    readonly count: number;
    readonly strings: { readonly offset: number; readonly size: number };
  };
}

const maxCommandBytes = 4 * 1024 * 1024;
const maxCommands = 10_000;
const maxSections = 10_000;
const maxLibraries = 1_024;
const maxTextBytes = 4_096;

/**
 * Reads a Mach-O file: one of them, or one for each machine of a universal file. Never throws for what the file says.
 *
 * @returns nothing where it is no Mach-O file
 */
export async function readMachO(access: RandomAccess): Promise<MachOFile[]> {
  const head = await readRange(access, 0, 64);
  const files: MachOFile[] = [];
  for (const slice of isUniversalMachO(head) ? await slices(access, head) : [access]) {
    const file = await readThin(slice);
    if (file !== undefined) files.push(file);
  }
  return files;
}

async function slices(access: RandomAccess, head: Uint8Array): Promise<RandomAccess[]> {
  const is64 = new ByteFields(head, false).u32(0) === 0xcafebabf;
  const count = Math.min(new ByteFields(head, false).u32(4), maxSlices);
  const width = is64 ? 32 : 20;
  const table = new ByteFields(await readRange(access, 8, count * width), false);
  return Array.from({ length: count }, (_, index) => {
    const at = index * width + 8;
    return sliceAccess(access, table.word(at, is64), table.word(at + (is64 ? 8 : 4), is64));
  });
}

interface Mutable {
  segments: MachOSegment[];
  sections: MachOSection[];
  libraries: string[];
  rpath: string[];
  id?: string;
  uuid?: string;
  symbols?: NonNullable<MachOFile['symbols']>;
}

async function readThin(access: RandomAccess): Promise<MachOFile | undefined> {
  const head = await readRange(access, 0, 32);
  if (head.length < 28 || !isThinMachO(head)) return undefined;
  const littleEndian = head[0] !== 0xfe;
  const fields = new ByteFields(head, littleEndian);
  const is64 = fields.u32(0) === 0xfeedfacf;
  const begin = is64 ? 32 : 28;
  const bytes = await readRange(access, begin, Math.min(fields.u32(20), maxCommandBytes));
  const found: Mutable = { segments: [], sections: [], libraries: [], rpath: [] };
  const commands = Math.min(fields.u32(16), maxCommands);
  for (let at = 0, count = 0; count < commands && at + 8 <= bytes.length; count += 1) {
    const size = new ByteFields(bytes, littleEndian).u32(at + 4);
    if (size < 8) break;
    takeCommand(new ByteFields(bytes.subarray(at, at + size), littleEndian), found);
    at += size;
  }
  return {
    ...{ access, is64, littleEndian },
    ...{ cpuType: fields.u32(4), fileType: fields.u32(12), flags: fields.u32(24) },
    ...found,
  };
}

function takeCommand(command: ByteFields, found: Mutable): void {
  // The highest bit says that the dynamic linker must know the command.
  switch (command.u32(0) & 0x7fff_ffff) {
    case 0x1:
      takeSegment(command, found, false);
      return;
    case 0x19:
      takeSegment(command, found, true);
      return;
    case 0x2:
      found.symbols = {
        offset: command.u32(8),
        count: command.u32(12),
        strings: { offset: command.u32(16), size: command.u32(20) },
      };
      return;
    case 0xc: // linked, and below: weakly, re-exported, lazily, upward
    case 0x18:
    case 0x1f:
    case 0x20:
    case 0x23:
      if (found.libraries.length < maxLibraries) found.libraries.push(textArgument(command));
      return;
    case 0xd:
      found.id = textArgument(command);
      return;
    case 0x1c:
      if (found.rpath.length < maxLibraries) found.rpath.push(textArgument(command));
      return;
    case 0x1b:
      found.uuid = hexOf(command.bytes.subarray(8, 24));
      return;
    default:
  }
}

/** A text whose offset within the command is its first argument. */
function textArgument(command: ByteFields): string {
  return command.text(command.u32(8), maxTextBytes);
}

function takeSegment(command: ByteFields, found: Mutable, is64: boolean): void {
  const name = command.text(8, 16);
  const at = (wide: number, narrow: number) => command.word(is64 ? wide : narrow, is64);
  found.segments.push({
    name,
    ...{ address: at(24, 24), offset: at(40, 32), size: at(48, 36) },
    protection: command.u32(is64 ? 60 : 44),
  });
  const [begin, width] = is64 ? [72, 80] : [56, 68];
  const count = command.u32(is64 ? 64 : 48);
  for (let index = 0; index < count && begin + (index + 1) * width <= command.length; index += 1) {
    if (found.sections.length >= maxSections) return;
    const section = begin + index * width;
    found.sections.push({
      name: command.text(section, 16),
      segment: command.text(section + 16, 16),
      address: command.word(section + 32, is64),
      size: command.word(section + (is64 ? 40 : 36), is64),
      offset: command.u32(section + (is64 ? 48 : 40)),
    });
  }
}
