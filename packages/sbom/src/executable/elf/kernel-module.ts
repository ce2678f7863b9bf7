import { withoutUndefined } from '../../catalogers/without-undefined.ts';
import type { JsonObject } from '../../model/json.ts';
import { readRange } from '../read-range.ts';
import { type ElfFile, elfSection } from './elf-file.ts';

const maxBytes = 64 * 1024;
const maxLength = 1_024;
const kept = ['name', 'version', 'license', 'vermagic', 'srcversion'] as const;

/** What a module of the Linux kernel says of itself in `.modinfo` (modinfo(8)). @returns undefined for other files */
export async function readKernelModule(elf: ElfFile): Promise<JsonObject | undefined> {
  const section = elf.type === 1 ? elfSection(elf, '.modinfo') : undefined;
  if (section === undefined) return undefined;
  const text = new TextDecoder().decode(await readRange(elf.access, section.offset, Math.min(section.size, maxBytes)));
  const values = new Map<string, string>();
  for (const line of text.split('\0')) {
    const equals = line.indexOf('=');
    const name = line.slice(0, Math.max(equals, 0));
    if (equals > 0 && line.length <= maxLength && !values.has(name)) values.set(name, line.slice(equals + 1).trim());
  }
  return withoutUndefined(Object.fromEntries(kept.map((name) => [name, values.get(name)])));
}
