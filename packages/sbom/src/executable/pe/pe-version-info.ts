import { ByteFields } from '../byte-fields.ts';
import { readRange } from '../read-range.ts';
import { type PeFile, peAddress, peDirectory, readPeAddress } from './pe-file.ts';

/** The strings of a version resource by their keys: `ProductName`, `FileVersion`, `CompanyName` … */
export type PeVersionStrings = Readonly<Record<string, string>>;

const versionType = 16;
const maxEntries = 4_096;
const maxResourceBytes = 256 * 1024;
const maxStrings = 128;
const maxTextLength = 4_096;
const directoryFlag = 0x8000_0000;

/**
 * Reads the strings of the version resource (Microsoft, "Version Information", `VS_VERSIONINFO`): the table of the first
 * language, as Explorer would for want of a better one.
 *
 * @returns undefined where there is none
 */
export async function readPeVersionInfo(pe: PeFile): Promise<PeVersionStrings | undefined> {
  const resource = await findVersionResource(pe);
  if (resource === undefined) return undefined;
  const place = peAddress(pe, resource.address);
  if (place === undefined) return undefined;
  const size = Math.min(resource.size, place.size, maxResourceBytes);
  return parseVersionInfo(await readRange(pe.access, place.offset, size));
}

/** Type, then name, then language; each level is a directory whose offsets count from the first one. */
async function findVersionResource(pe: PeFile): Promise<{ address: number; size: number } | undefined> {
  const directory = pe.directories[peDirectory.resources];
  if (directory === undefined || directory.size === 0) return undefined;
  let offset = 0;
  for (let level = 0; level < 3; level += 1) {
    const entry = await findEntry(pe, directory.address + offset, level === 0 ? versionType : undefined);
    if (entry === undefined) return undefined;
    offset = entry & ~directoryFlag;
    if ((entry & directoryFlag) === 0) break;
  }
  const data = new ByteFields(await readPeAddress(pe, directory.address + offset, 16));
  const size = data.u32(4);
  return size === 0 ? undefined : { address: data.u32(0), size };
}

async function findEntry(pe: PeFile, address: number, id: number | undefined): Promise<number | undefined> {
  const header = new ByteFields(await readPeAddress(pe, address, 16));
  const count = Math.min(header.u16(12) + header.u16(14), maxEntries);
  const entries = new ByteFields(await readPeAddress(pe, address + 16, count * 8));
  for (let at = 0; at + 8 <= entries.length; at += 8) {
    if (id === undefined || entries.u32(at) === id) return entries.u32(at + 4);
  }
  return undefined;
}

interface Block {
  readonly key: string;
  readonly valueAt: number;
  /** Bytes, or UTF-16 units where the value is text. */
  readonly valueLength: number;
  readonly end: number;
}

/** Reads the bytes of a version resource. Never throws. */
export function parseVersionInfo(bytes: Uint8Array): PeVersionStrings {
  const fields = new ByteFields(bytes);
  const root = block(fields, 0, bytes.length);
  const strings: Record<string, string> = {};
  if (root?.key !== 'VS_VERSION_INFO') return strings;
  const children = align(root.valueAt + root.valueLength);
  for (const child of blocks(fields, children, root.end)) {
    if (child.key !== 'StringFileInfo') continue;
    const [table] = blocks(fields, child.valueAt, child.end);
    if (table === undefined) continue;
    for (const entry of blocks(fields, table.valueAt, table.end)) {
      if (Object.hasOwn(strings, entry.key) || Object.keys(strings).length >= maxStrings) continue;
      const value = utf16(fields, entry.valueAt, entry.end);
      if (entry.key !== '__proto__' && value !== '') strings[entry.key] = value;
    }
    break;
  }
  return strings;
}

function* blocks(fields: ByteFields, begin: number, end: number): Iterable<Block> {
  for (let at = align(begin), count = 0; at + 6 < end && count < maxStrings; count += 1) {
    const found = block(fields, at, end);
    if (found === undefined) return;
    yield found;
    at = align(found.end);
  }
}

function block(fields: ByteFields, at: number, end: number): Block | undefined {
  const length = fields.u16(at);
  if (length < 6 || at + length > end) return undefined;
  const key = utf16(fields, at + 6, at + length);
  return {
    key,
    valueAt: align(at + 6 + key.length * 2 + 2),
    valueLength: fields.u16(at + 2),
    end: at + length,
  };
}

function utf16(fields: ByteFields, begin: number, end: number): string {
  const units: number[] = [];
  for (let at = begin; at + 2 <= end && units.length < maxTextLength; at += 2) {
    const unit = fields.u16(at);
    if (unit === 0) break;
    units.push(unit);
  }
  return String.fromCharCode(...units).toWellFormed();
}

function align(offset: number): number {
  return (offset + 3) & ~3;
}
