import { ByteFields } from '../byte-fields.ts';
import { findBytes, hasBytes, type SearchRange } from '../find-bytes.ts';
import { readRange } from '../read-range.ts';
import { sectionType } from './elf-constants.ts';
import type { ElfFile, ElfSection } from './elf-file.ts';

/** Bytes of a table of names that are searched; the largest libraries have some 50 MiB of them. */
const maxStringBytes = 128 * 1024 * 1024;
/** Symbols of one table that are looked at. */
const maxSymbols = 4_000_000;
const maxPlaces = 16;
const windowSymbols = 16_384;

interface SymbolTable {
  readonly symbols: ElfSection;
  readonly strings: SearchRange;
}

/**
 * Whether a symbol table names a symbol. It looks for the name among the names alone, which is a search in one run of
 * bytes; so a name that ends like it counts as well.
 *
 * @returns undefined where the file has no symbol table: it was stripped and is linked with nothing
 */
export async function hasElfSymbol(elf: ElfFile, name: string): Promise<boolean | undefined> {
  const tables = symbolTables(elf);
  const needle = Buffer.from(`\0${name}\0`);
  for (const { strings } of tables) if (await hasBytes(elf.access, strings, needle)) return true;
  return tables.length === 0 ? undefined : false;
}

/** Addresses of symbols by their names; those that have none, or address 0, are left out. */
export async function elfSymbolAddresses(elf: ElfFile, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const table of symbolTables(elf)) {
    const places = await placesOfNames(elf, table.strings, names);
    if (places === undefined) continue;
    await lookUp(elf, table.symbols, places, found);
    if (found.size === names.length) break;
  }
  return found;
}

function symbolTables({ sections }: ElfFile): SymbolTable[] {
  return [sectionType.dynamicSymbols, sectionType.symbols].flatMap((wanted) => {
    const symbols = sections.find(({ type, size }) => type === wanted && size > 0);
    const strings = symbols && sections[symbols.link];
    if (symbols === undefined || strings?.type !== sectionType.strings) return [];
    return [{ symbols, strings: { offset: strings.offset, size: Math.min(strings.size, maxStringBytes) } }];
  });
}

/** Where the names lie in the table of names; linkers let a name share the end of a longer one. Undefined unless all do. */
async function placesOfNames(
  { access }: ElfFile,
  strings: SearchRange,
  names: readonly string[],
): Promise<ReadonlyMap<number, string> | undefined> {
  const places = new Map<number, string>();
  for (const name of names) {
    let count = 0;
    for await (const offset of findBytes(access, strings, Buffer.from(`${name}\0`))) {
      places.set(offset - strings.offset, name);
      count += 1;
      if (count >= maxPlaces) break;
    }
    if (count === 0) return undefined;
  }
  return places;
}

async function lookUp(
  { access, is64, littleEndian }: ElfFile,
  symbols: ElfSection,
  places: ReadonlyMap<number, string>,
  found: Map<string, number>,
): Promise<void> {
  const width = is64 ? 24 : 16;
  const end = symbols.offset + Math.min(symbols.size, maxSymbols * width);
  for (let offset = symbols.offset; offset < end; offset += windowSymbols * width) {
    const bytes = await readRange(access, offset, Math.min(windowSymbols * width, end - offset));
    const fields = new ByteFields(bytes, littleEndian);
    for (let at = 0; at + width <= bytes.length; at += width) {
      const name = places.get(fields.u32(at));
      if (name === undefined) continue;
      const address = is64 ? fields.u64(at + 8) : fields.u32(at + 4);
      if (address !== 0) found.set(name, address);
    }
  }
}
