import { readRange } from '../read-range.ts';
import { type ElfFile, elfSection } from './elf-file.ts';

const maxBytes = 16 * 1024;
const maxCompilers = 16;
const maxLength = 256;

/** The compilers and linkers that left their name in `.comment`, such as `GCC: (Debian 12.2.0-14) 12.2.0`. */
export async function readCompilers(elf: ElfFile): Promise<string[]> {
  const section = elfSection(elf, '.comment');
  if (section === undefined) return [];
  const text = new TextDecoder().decode(await readRange(elf.access, section.offset, Math.min(section.size, maxBytes)));
  const names = text.split('\0').filter((name) => name !== '' && name.length <= maxLength && !/\p{Cc}/u.test(name));
  return [...new Set(names)].slice(0, maxCompilers);
}
