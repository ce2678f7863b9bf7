import { ByteFields } from '../byte-fields.ts';
import { type PeFile, peDirectory, readPeAddress } from './pe-file.ts';

const maxNames = 65_536;
const maxNameBytes = 64;

/** Addresses, relative to the image base, of exported symbols by their names. */
export async function peExportAddresses(pe: PeFile, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  const directory = pe.directories[peDirectory.exports];
  if (directory === undefined || directory.size === 0) return found;
  const header = new ByteFields(await readPeAddress(pe, directory.address, 40));
  const [functionCount, nameCount] = [header.u32(20), Math.min(header.u32(24), maxNames)];
  const nameTable = new ByteFields(await readPeAddress(pe, header.u32(32), nameCount * 4));
  const ordinals = new ByteFields(await readPeAddress(pe, header.u32(36), nameCount * 2));
  const wanted = new Set(names);
  for (let index = 0; index * 4 + 4 <= nameTable.length && found.size < wanted.size; index += 1) {
    const name = new ByteFields(await readPeAddress(pe, nameTable.u32(index * 4), maxNameBytes)).text(0, maxNameBytes);
    const ordinal = ordinals.u16(index * 2);
    if (!wanted.has(name) || ordinal >= functionCount) continue;
    const address = new ByteFields(await readPeAddress(pe, header.u32(28) + ordinal * 4, 4)).u32(0);
    if (address !== 0) found.set(name, address);
  }
  return found;
}
