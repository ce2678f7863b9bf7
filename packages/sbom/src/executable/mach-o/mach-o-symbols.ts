import { ByteFields } from '../byte-fields.ts';
import { findBytes, hasBytes } from '../find-bytes.ts';
import { readRange } from '../read-range.ts';
import type { MachOFile } from './mach-o-file.ts';

const maxSymbols = 4_000_000;
const windowSymbols = 16_384;

/** Whether the symbol table names a symbol; undefined where there is no table. The name is as C has it. */
export async function hasMachOSymbol({ access, symbols }: MachOFile, name: string): Promise<boolean | undefined> {
  if (symbols === undefined || symbols.count === 0) return undefined;
  return hasBytes(access, symbols.strings, Buffer.from(`\0_${name}\0`));
}

/** Addresses of symbols by their names as C has them; those that have none, or address 0, are left out. */
export async function machOSymbolAddresses(
  { access, symbols, is64, littleEndian }: MachOFile,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  if (symbols === undefined) return found;
  const places = new Map<number, string>();
  for (const name of names) {
    for await (const offset of findBytes(access, symbols.strings, Buffer.from(`\0_${name}\0`))) {
      places.set(offset + 1 - symbols.strings.offset, name);
      break;
    }
  }
  if (places.size < names.length) return found;
  const width = is64 ? 16 : 12;
  const end = symbols.offset + Math.min(symbols.count, maxSymbols) * width;
  for (let offset = symbols.offset; offset < end; offset += windowSymbols * width) {
    const bytes = await readRange(access, offset, Math.min(windowSymbols * width, end - offset));
    const fields = new ByteFields(bytes, littleEndian);
    for (let at = 0; at + width <= bytes.length; at += width) {
      const name = places.get(fields.u32(at));
      const address = fields.word(at + 8, is64);
      if (name !== undefined && address !== 0) found.set(name, address);
    }
  }
  return found;
}
