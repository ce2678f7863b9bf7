import { ByteFields } from '../byte-fields.ts';
import { type PeFile, peDirectory, readPeAddress } from './pe-file.ts';

const maxLibraries = 512;
const maxNameBytes = 256;
const descriptorBytes = 20;

/** The libraries a PE file is linked with, in the order of its import directory. */
export async function peImports(pe: PeFile): Promise<string[]> {
  const directory = pe.directories[peDirectory.imports];
  if (directory === undefined || directory.size === 0) return [];
  const fields = new ByteFields(await readPeAddress(pe, directory.address, maxLibraries * descriptorBytes));
  const names: string[] = [];
  for (let at = 0; at + descriptorBytes <= fields.length; at += descriptorBytes) {
    const nameAddress = fields.u32(at + 12);
    if (nameAddress === 0) break;
    const name = new ByteFields(await readPeAddress(pe, nameAddress, maxNameBytes)).text(0, maxNameBytes);
    if (name !== '') names.push(name);
  }
  return names;
}
