import type { RandomAccess } from '../../catalog/cataloger.ts';
import { ByteFields } from '../../executable/byte-fields.ts';
import { type ExecutableImage, namedSection, openExecutable, readAddress } from '../../executable/executable-image.ts';
import { findBytes, type SearchRange } from '../../executable/find-bytes.ts';
import { readRange } from '../../executable/read-range.ts';
import type { GoBuildInfo } from './go-build-info.ts';
import { parseGoModuleInfo } from './parse-module-info.ts';

const magic = Buffer.from('\u00ff Go buildinf:', 'latin1');
const headerBytes = 32;
const alignment = 16;
/** Bytes of a program's data that are searched for the header; it lies at their begin. */
const maxSearchBytes = 64 * 1024 * 1024;
const maxVersionBytes = 1_024;
const maxModuleInfoBytes = 16 * 1024 * 1024;
/** Places that look like a header; Go's own tools, which search for it as well, have a few. */
const maxFalseHeaders = 256;
const bigEndianFlag = 1;
const inlineFlag = 2;
/** The list of modules lies between two marks of this many bytes, by which a running program finds it. */
const markBytes = 16;

/**
 * Reads the build information of a Go program: ELF, PE or Mach-O, built by Go 1.12 or newer, by whatever means `go
 * version -m` would.
 *
 * @returns undefined where it is no such program
 * @throws the signal's reason; whatever `access` throws
 */
export async function readGoBuildInfo(
  access: RandomAccess,
  options: { readonly signal?: AbortSignal } = {},
): Promise<GoBuildInfo | undefined> {
  for (const image of await openExecutable(access)) {
    options.signal?.throwIfAborted();
    const info = await buildInfoOf(image, options.signal);
    if (info !== undefined) return info;
  }
  return undefined;
}

/** {@link readGoBuildInfo} of an executable that is open already. */
export async function buildInfoOf(
  image: ExecutableImage,
  signal: AbortSignal | undefined,
): Promise<GoBuildInfo | undefined> {
  const range = searchRange(image);
  if (range === undefined) return undefined;
  let falseHeaders = 0;
  for await (const offset of findBytes(image.access, range, magic)) {
    signal?.throwIfAborted();
    const aligned = (offset - range.offset) % alignment === 0;
    const texts = aligned ? await readHeader(image, offset) : undefined;
    if (texts !== undefined && texts.version !== '') {
      return { goVersion: texts.version, ...parseGoModuleInfo(texts.modules) };
    }
    falseHeaders += 1;
    if (falseHeaders >= maxFalseHeaders) break;
  }
  return undefined;
}

/** The section made for it; where a tool took the sections away, the first data of the program. */
function searchRange(image: ExecutableImage): SearchRange | undefined {
  const range =
    namedSection(image, '.go.buildinfo') ??
    namedSection(image, '__go_buildinfo') ??
    image.ranges.find(({ data, size }) => data && size > 0);
  return range && { offset: range.offset, size: Math.min(range.size, maxSearchBytes) };
}

interface HeaderTexts {
  readonly version: string;
  readonly modules: string;
}

/**
 * The two forms of the header (Go's `debug/buildinfo`): since Go 1.18 both texts follow it, each behind its length;
 * before, there are pointers to strings of the running program.
 */
async function readHeader(image: ExecutableImage, offset: number): Promise<HeaderTexts | undefined> {
  const header = await readRange(image.access, offset, headerBytes);
  const [pointerBytes = 0, flags = 0] = header.subarray(14);
  if ((flags & inlineFlag) !== 0) return readInline(image.access, offset + headerBytes);
  if (pointerBytes !== 4 && pointerBytes !== 8) return undefined;
  const fields = new ByteFields(header, (flags & bigEndianFlag) === 0);
  const is64 = pointerBytes === 8;
  const read = (at: number, max: number) => readGoString(image, fields.word(at, is64), fields.littleEndian, is64, max);
  const version = await read(16, maxVersionBytes);
  const modules = await read(16 + pointerBytes, maxModuleInfoBytes);
  return { version: textOf(version), modules: withoutMarks(modules) };
}

async function readInline(access: RandomAccess, offset: number): Promise<HeaderTexts> {
  const version = await readCounted(access, offset, maxVersionBytes);
  const modules = await readCounted(access, version.end, maxModuleInfoBytes);
  return { version: textOf(version.bytes), modules: withoutMarks(modules.bytes) };
}

/** A text behind its length, which takes seven bits of each byte, the lowest first. */
async function readCounted(
  access: RandomAccess,
  offset: number,
  max: number,
): Promise<{ bytes: Uint8Array; end: number }> {
  const prefix = await readRange(access, offset, 5);
  let length = 0;
  for (const [index, byte] of prefix.entries()) {
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte >= 0x80) continue;
    const begin = offset + index + 1;
    return { bytes: await readRange(access, begin, Math.min(length, max)), end: begin + length };
  }
  return { bytes: new Uint8Array(0), end: offset };
}

/** A string of a running Go program: a pointer to a pair of address and length. */
async function readGoString(
  image: ExecutableImage,
  address: number,
  littleEndian: boolean,
  is64: boolean,
  max: number,
): Promise<Uint8Array> {
  const width = is64 ? 8 : 4;
  const pair = new ByteFields(await readAddress(image, address, 2 * width), littleEndian);
  const length = pair.word(width, is64);
  return length > max ? new Uint8Array(0) : readAddress(image, pair.word(0, is64), length);
}

function withoutMarks(bytes: Uint8Array): string {
  const end = bytes.length - markBytes;
  return end > markBytes && bytes[end - 1] === 0x0a ? textOf(bytes.subarray(markBytes, end)) : '';
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
