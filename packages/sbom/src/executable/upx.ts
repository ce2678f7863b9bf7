import { ByteFields } from './byte-fields.ts';
import type { ElfFile } from './elf/elf-file.ts';
import type { PeFile } from './pe/pe-file.ts';
import { readRange } from './read-range.ts';

const upxMagic = 0x2158_5055;

/**
 * Whether UPX compressed an ELF program: its loader information, with the magic `UPX!`, lies right behind the program
 * headers, and there are no sections.
 */
export async function isUpxElf({ access, segments, sections, is64 }: ElfFile): Promise<boolean> {
  if (sections.length > 0 || segments.length === 0 || segments.length > 64) return false;
  const end = is64 ? 64 + segments.length * 56 : 52 + segments.length * 32;
  const fields = new ByteFields(await readRange(access, end, 64));
  for (let at = 0; at < fields.length; at += 4) if (fields.u32(at) === upxMagic) return true;
  return false;
}

/** Whether UPX compressed a PE program: it names the sections. */
export function isUpxPe({ sections }: PeFile): boolean {
  return sections.some(({ name }) => name === 'UPX0') && sections.some(({ name }) => name === 'UPX1');
}
