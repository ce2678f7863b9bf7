import { ByteFields } from '../byte-fields.ts';
import { readRange, readText } from '../read-range.ts';
import { dynamicTag, sectionType, segmentType } from './elf-constants.ts';
import { type ElfFile, elfAddress } from './elf-file.ts';

/** What the dynamic section tells the dynamic linker (System V gABI, "Dynamic Section"). */
export interface ElfDynamic {
  /** `DT_NEEDED`: the libraries it is linked with, in their order. */
  readonly needed: readonly string[];
  readonly soname?: string;
  /** `DT_RPATH` and `DT_RUNPATH`: directories searched for libraries, as written. */
  readonly rpath?: readonly string[];
  readonly runpath?: readonly string[];
  /** All symbols are resolved at the start, so that their table can be made read-only. */
  readonly bindNow: boolean;
  /** `DF_1_PIE`: the linker made it as a program, not as a library. */
  readonly pie: boolean;
  /** `DT_DEBUG`, which linkers write into programs. */
  readonly debug: boolean;
}

const maxEntries = 4_096;
const maxLibraries = 512;
const maxTextBytes = 4_096;
const bindNowFlag = 0x8;
const nowFlag1 = 0x1;
const pieFlag1 = 0x0800_0000;

interface Entry {
  readonly tag: number;
  readonly value: number;
}

/** Reads the dynamic section. @returns undefined where there is none: the program is static, or no program at all */
export async function readElfDynamic(elf: ElfFile): Promise<ElfDynamic | undefined> {
  const entries = await readEntries(elf);
  if (entries === undefined) return undefined;
  const strings = stringTable(elf, entries);
  const texts = async (tag: number): Promise<string[]> => {
    if (strings === undefined) return [];
    const found = entries.filter((entry) => entry.tag === tag && entry.value < strings.size).slice(0, maxLibraries);
    return Promise.all(
      found.map(({ value }) =>
        readText(elf.access, strings.offset + value, Math.min(maxTextBytes, strings.size - value)),
      ),
    );
  };
  const value = (tag: number): number | undefined => entries.find((entry) => entry.tag === tag)?.value;
  const [soname] = await texts(dynamicTag.soname);
  const rpath = (await texts(dynamicTag.rpath)).flatMap(directories);
  const runpath = (await texts(dynamicTag.runpath)).flatMap(directories);
  const flags1 = value(dynamicTag.flags1) ?? 0;
  return {
    needed: (await texts(dynamicTag.needed)).filter((name) => name !== ''),
    ...(soname && { soname }),
    ...(rpath.length > 0 && { rpath }),
    ...(runpath.length > 0 && { runpath }),
    bindNow:
      value(dynamicTag.bindNow) !== undefined ||
      ((value(dynamicTag.flags) ?? 0) & bindNowFlag) !== 0 ||
      (flags1 & nowFlag1) !== 0,
    pie: (flags1 & pieFlag1) !== 0,
    debug: value(dynamicTag.debug) !== undefined,
  };
}

async function readEntries({ access, segments, sections, is64, littleEndian }: ElfFile): Promise<Entry[] | undefined> {
  const place =
    segments.find(({ type, size }) => type === segmentType.dynamic && size > 0) ??
    sections.find(({ type }) => type === sectionType.dynamic);
  if (place === undefined) return undefined;
  const width = is64 ? 16 : 8;
  const bytes = await readRange(access, place.offset, Math.min(place.size, maxEntries * width));
  const fields = new ByteFields(bytes, littleEndian);
  const entries: Entry[] = [];
  for (let at = 0; at + width <= fields.length; at += width) {
    const tag = fields.word(at, is64);
    if (tag === dynamicTag.none) break;
    entries.push({ tag, value: fields.word(at + width / 2, is64) });
  }
  return entries;
}

/** By the address the entries give; where that is mapped nowhere, by the section of dynamic symbols. */
function stringTable(elf: ElfFile, entries: readonly Entry[]): { offset: number; size: number } | undefined {
  const address = entries.find(({ tag }) => tag === dynamicTag.stringTable)?.value;
  const size = entries.find(({ tag }) => tag === dynamicTag.stringSize)?.value ?? 0;
  const mapped = address === undefined ? undefined : elfAddress(elf, address);
  if (mapped !== undefined) return { offset: mapped.offset, size: Math.min(size, mapped.size) };
  const dynamic = elf.sections.find(({ type }) => type === sectionType.dynamic);
  return dynamic === undefined ? undefined : elf.sections[dynamic.link];
}

function directories(text: string): string[] {
  return text.split(':').filter((directory) => directory !== '');
}
