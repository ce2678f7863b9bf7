import { ByteFields } from '../byte-fields.ts';
import { readRange } from '../read-range.ts';
import { sectionType, segmentType } from './elf-constants.ts';
import type { ElfFile } from './elf-file.ts';

/** A note: a few bytes that whoever made the file left in it (System V gABI, "Note Section"). */
export interface ElfNote {
  /** Whose kind of note it is: `GNU`, `Go`, `FDO`, `stapsdt`. */
  readonly owner: string;
  readonly type: number;
  readonly content: Uint8Array;
}

/** Bytes of one run of notes; probes of tracing tools are notes too, and a large library has a megabyte of them. */
const maxRunBytes = 256 * 1024;
const maxRuns = 64;
const maxNotes = 4_096;

/** Reads the notes of the segments, and of the sections where there are none or they are not mapped. */
export async function readElfNotes(elf: ElfFile): Promise<ElfNote[]> {
  const runs = new Map<number, { size: number; alignment: number }>();
  for (const { type, offset, size, alignment } of elf.segments) {
    if (type === segmentType.note) runs.set(offset, { size, alignment });
  }
  for (const { type, offset, size, name } of elf.sections) {
    const alignment = name === '.note.gnu.property' && elf.is64 ? 8 : 4;
    const wanted = type === sectionType.note && name !== '.note.stapsdt' && !isWithin(runs, offset);
    if (wanted) runs.set(offset, { size, alignment });
  }
  const notes: ElfNote[] = [];
  for (const [offset, { size, alignment }] of [...runs].slice(0, maxRuns)) {
    const bytes = await readRange(elf.access, offset, Math.min(size, maxRunBytes));
    parseNotes(new ByteFields(bytes, elf.littleEndian), alignment === 8 ? 8 : 4, notes);
  }
  return notes;
}

function isWithin(runs: ReadonlyMap<number, { size: number }>, offset: number): boolean {
  for (const [begin, { size }] of runs) if (offset >= begin && offset < begin + size) return true;
  return false;
}

function parseNotes(fields: ByteFields, alignment: number, notes: ElfNote[]): void {
  const align = (offset: number): number => Math.ceil(offset / alignment) * alignment;
  for (let at = 0; at + 12 <= fields.length && notes.length < maxNotes; ) {
    const [nameLength, contentLength] = [fields.u32(at), fields.u32(at + 4)];
    const content = align(at + 12 + nameLength);
    if (content + contentLength > fields.length) return;
    notes.push({
      owner: fields.text(at + 12, Math.min(nameLength, 64)),
      type: fields.u32(at + 8),
      content: fields.bytes.subarray(content, content + contentLength),
    });
    at = align(content + contentLength);
  }
}
