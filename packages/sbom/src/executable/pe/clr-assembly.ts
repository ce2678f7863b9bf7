import { ByteFields } from '../byte-fields.ts';
import { parseClrTables } from './clr-tables.ts';
import { type PeFile, peDirectory, readPeAddress } from './pe-file.ts';

/** What a .NET assembly is called, by its own metadata (ECMA-335, II.22.2). */
export interface ClrAssembly {
  readonly name: string;
  /** Four numbers; the part of an assembly's identity that its package's version need not agree with. */
  readonly version: string;
  /** Set for an assembly that holds nothing but texts in one language. */
  readonly culture?: string;
}

/** What the CLR header leads to. */
export interface ClrHeader {
  /** Version of the runtime it was made for: `v4.0.30319`. */
  readonly runtime: string;
  /** Undefined for a module that is no assembly. */
  readonly assembly?: ClrAssembly;
}

const metadataMagic = 0x424a_5342;
const maxStreams = 16;
const maxNameBytes = 1_024;
const maxTablesBytes = 512;

/** Reads the .NET metadata of a PE file. @returns undefined where it has none: it is native code */
export async function readClr(pe: PeFile): Promise<ClrHeader | undefined> {
  const directory = pe.directories[peDirectory.clr];
  if (directory === undefined || directory.address === 0 || directory.size === 0) return undefined;
  const header = new ByteFields(await readPeAddress(pe, directory.address, 72));
  const metadata = header.u32(8);
  const root = new ByteFields(await readPeAddress(pe, metadata, 1_024));
  if (root.u32(0) !== metadataMagic) return undefined;
  const runtime = root.text(16, Math.min(root.u32(12), 255));
  const streams = parseStreams(root);
  const tables = streams.get('#~') ?? streams.get('#-');
  const strings = streams.get('#Strings');
  const assembly = tables && strings && (await readAssembly(pe, metadata + tables, metadata + strings));
  return { runtime, ...(assembly && { assembly }) };
}

/** Offsets of the streams from the begin of the metadata, by their names. */
function parseStreams(root: ByteFields): ReadonlyMap<string, number> {
  const streams = new Map<string, number>();
  let at = 16 + root.u32(12);
  const count = Math.min(root.u16(at + 2), maxStreams);
  at += 4;
  for (let index = 0; index < count; index += 1) {
    const name = root.text(at + 8, 32);
    streams.set(name, root.u32(at));
    at += 8 + ((name.length + 4) & ~3);
  }
  return streams;
}

async function readAssembly(pe: PeFile, tables: number, strings: number): Promise<ClrAssembly | undefined> {
  const layout = parseClrTables(new ByteFields(await readPeAddress(pe, tables, maxTablesBytes)));
  if (layout.assembly === undefined) return undefined;
  const row = new ByteFields(await readPeAddress(pe, tables + layout.assembly, 28));
  const nameAt = 16 + layout.blobIndexBytes;
  const index = (at: number): number => (layout.stringIndexBytes === 4 ? row.u32(at) : row.u16(at));
  const text = async (at: number): Promise<string> => {
    const offset = index(at);
    if (offset === 0) return '';
    return new ByteFields(await readPeAddress(pe, strings + offset, maxNameBytes)).text(0, maxNameBytes);
  };
  const name = await text(nameAt);
  const culture = await text(nameAt + layout.stringIndexBytes);
  if (name === '') return undefined;
  const version = [4, 6, 8, 10].map((at) => row.u16(at)).join('.');
  return { name, version, ...(culture !== '' && { culture }) };
}
