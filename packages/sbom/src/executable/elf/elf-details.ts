import { withoutUndefined } from '../../catalogers/without-undefined.ts';
import type { JsonObject } from '../../model/json.ts';
import { hexOf } from '../hex.ts';
import { readText } from '../read-range.ts';
import { isUpxElf } from '../upx.ts';
import { readCompilers } from './elf-compilers.ts';
import { elfTypes, machineName, sectionType, segmentFlag, segmentType } from './elf-constants.ts';
import { type ElfDynamic, readElfDynamic } from './elf-dynamic.ts';
import { type ElfFile, type ElfHeader, parseElfHeader } from './elf-file.ts';
import { type ElfNote, readElfNotes } from './elf-notes.ts';
import { hasElfSymbol } from './elf-symbols.ts';
import { readKernelModule } from './kernel-module.ts';

const buildIdNote = 3;
const goBuildIdNote = 4;
const maxIdBytes = 128;
const maxPathBytes = 4_096;

/**
 * What an inventory says of an ELF file: what it is, what it is linked with, and which protections its compiler and
 * linker left in it. `relro`, `nx` and `pie` are read as checksec and the kernel read them.
 */
export async function elfDetails(elf: ElfFile): Promise<JsonObject> {
  const dynamic = await readElfDynamic(elf);
  const notes = await readElfNotes(elf);
  const kernelModule = await readKernelModule(elf);
  return withoutUndefined({
    ...elfHeaderDetails(elf),
    ...(elf.type !== 1 && loadedDetails(elf, dynamic)),
    interpreter: await interpreterOf(elf),
    libraries: filled(dynamic?.needed),
    soname: dynamic?.soname,
    rpath: dynamic?.rpath,
    runpath: dynamic?.runpath,
    canary: await hasElfSymbol(elf, '__stack_chk_fail'),
    stripped: !elf.sections.some(({ type }) => type === sectionType.symbols),
    buildId: noteHex(notes, 'GNU', buildIdNote),
    goBuildId: noteText(notes, 'Go', goBuildIdNote),
    compilers: filled(await readCompilers(elf)),
    kernelModule,
    packer: (await isUpxElf(elf)) ? 'upx' : undefined,
    damaged: elf.damaged || undefined,
  });
}

/** What the first bytes tell: class, byte order, machine and type. */
export function elfHeaderDetails(header: ElfHeader): JsonObject {
  return {
    bits: header.is64 ? 64 : 32,
    byteOrder: header.littleEndian ? 'little' : 'big',
    machine: machineName(header.machine),
    type: elfTypes[header.type] ?? `type-${header.type}`,
  };
}

/** {@link elfHeaderDetails} of a file of which only the head is there. */
export function elfHeadDetails(head: Uint8Array): JsonObject {
  const header = parseElfHeader(head);
  return header === undefined ? {} : elfHeaderDetails(header);
}

function loadedDetails(elf: ElfFile, dynamic: ElfDynamic | undefined): JsonObject {
  const interpreted = elf.segments.some(({ type }) => type === segmentType.interpreter);
  const sharedObject = elf.type === 3;
  // Older linkers do not mark programs. An interpreter alone does not make one: some libraries can be run as well.
  const pie = sharedObject && (dynamic?.pie === true || (dynamic?.debug === true && dynamic.soname === undefined));
  const program = elf.type === 2 || pie;
  return withoutUndefined({
    pie: program ? pie : undefined,
    static: program ? !interpreted && (dynamic?.needed.length ?? 0) === 0 : undefined,
    relro: relro(elf, dynamic),
    nx: elf.segments.some(({ type, flags }) => type === segmentType.gnuStack && (flags & segmentFlag.execute) === 0),
  });
}

/** `full` where also the table of functions is read-only once the program runs, for which all are resolved at the start. */
function relro(elf: ElfFile, dynamic: ElfDynamic | undefined): 'none' | 'partial' | 'full' {
  if (!elf.segments.some(({ type }) => type === segmentType.gnuRelro)) return 'none';
  return dynamic?.bindNow ? 'full' : 'partial';
}

async function interpreterOf({ access, segments }: ElfFile): Promise<string | undefined> {
  const segment = segments.find(({ type }) => type === segmentType.interpreter);
  if (segment === undefined) return undefined;
  return (await readText(access, segment.offset, Math.min(segment.size, maxPathBytes))) || undefined;
}

function noteHex(notes: readonly ElfNote[], owner: string, type: number): string | undefined {
  const content = noteContent(notes, owner, type);
  return content && hexOf(content);
}

function noteText(notes: readonly ElfNote[], owner: string, type: number): string | undefined {
  const content = noteContent(notes, owner, type);
  return content && new TextDecoder().decode(content);
}

function noteContent(notes: readonly ElfNote[], owner: string, type: number): Uint8Array | undefined {
  const content = notes.find((note) => note.owner === owner && note.type === type)?.content;
  return content !== undefined && content.length > 0 && content.length <= maxIdBytes ? content : undefined;
}

function filled<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list?.length ? list : undefined;
}
