import { rpmTag } from './rpm-tags.ts';

/** A tag as the writer takes it: texts, bytes, or numbers of a width. */
export type TagValue =
  | string
  | readonly string[]
  | Uint8Array
  | { readonly i18n: readonly string[] }
  | { readonly int8: readonly number[] }
  | { readonly int16: readonly number[] }
  | { readonly int32: readonly number[] }
  | { readonly int64: readonly number[] };

/** One tag of a header. */
export type Tag = readonly [tag: number, value: TagValue];

/** The bytes of a header as a database stores it, without magic. Tags stay in their order. */
export function writeHeader(tags: readonly Tag[]): Buffer {
  const index: Buffer[] = [];
  const data: Buffer[] = [];
  let offset = 0;
  for (const [tag, value] of tags) {
    const { type, count, bytes, align } = encode(value);
    const padding = (align - (offset % align)) % align;
    data.push(Buffer.alloc(padding), bytes);
    offset += padding;
    index.push(uint32(tag, type, offset, count));
    offset += bytes.length;
  }
  return Buffer.concat([uint32(tags.length, offset), ...index, ...data]);
}

/** Big-endian 32-bit numbers. */
export function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

/** A package with the tags tests care about. */
export interface TestPackage {
  readonly name: string;
  readonly version?: string;
  readonly release?: string;
  readonly epoch?: number;
  readonly architecture?: string;
  readonly sourceRpm?: string;
  readonly modularityLabel?: string;
  readonly provides?: readonly string[];
  readonly requires?: readonly string[];
  /** Absolute paths of files. */
  readonly files?: readonly string[];
  /** Further tags; they come last. */
  readonly tags?: readonly Tag[];
}

/** The header of a package as rpm would store it. */
export function packageHeader(pkg: TestPackage): Buffer {
  const { name, version = '1', release = '1', architecture = 'x86_64', files = [] } = pkg;
  const directories = Array.from(new Set(files.map((path) => path.slice(0, path.lastIndexOf('/') + 1))));
  const indexes = files.map((path) => directories.indexOf(path.slice(0, path.lastIndexOf('/') + 1)));
  const names = files.map((path) => path.slice(path.lastIndexOf('/') + 1));
  const optional: readonly (readonly [number, TagValue | undefined])[] = [
    [rpmTag.epoch, pkg.epoch === undefined ? undefined : { int32: [pkg.epoch] }],
    [rpmTag.architecture, architecture === '' ? undefined : architecture],
    [rpmTag.sourceRpm, pkg.sourceRpm],
    [rpmTag.provideName, pkg.provides],
    [rpmTag.requireName, pkg.requires],
    [rpmTag.dirIndexes, files.length === 0 ? undefined : { int32: indexes }],
    [rpmTag.baseNames, files.length === 0 ? undefined : names],
    [rpmTag.dirNames, files.length === 0 ? undefined : directories],
    [rpmTag.modularityLabel, pkg.modularityLabel],
  ];
  return writeHeader([
    [rpmTag.name, name],
    [rpmTag.version, version],
    [rpmTag.release, release],
    ...optional.flatMap(([tag, value]): Tag[] => (value === undefined ? [] : [[tag, value]])),
    ...(pkg.tags ?? []),
  ]);
}

const widths = { int8: [1, 2], int16: [2, 3], int32: [4, 4], int64: [8, 5] } as const;

function encode(value: TagValue): { type: number; count: number; bytes: Buffer; align: number } {
  if (typeof value === 'string') return { type: 6, count: 1, bytes: texts([value]), align: 1 };
  if (value instanceof Uint8Array) return { type: 7, count: value.length, bytes: Buffer.from(value), align: 1 };
  if (isTexts(value)) return { type: 8, count: value.length, bytes: texts(value), align: 1 };
  if ('i18n' in value) return { type: 9, count: value.i18n.length, bytes: texts(value.i18n), align: 1 };
  for (const [name, [width, type]] of Object.entries(widths)) {
    const numbers = (value as Readonly<Record<string, readonly number[]>>)[name];
    if (numbers === undefined) continue;
    const bytes = Buffer.alloc(numbers.length * width);
    for (const [index, number] of numbers.entries()) {
      if (width === 8) bytes.writeBigUInt64BE(BigInt(number), index * width);
      else bytes.writeUIntBE(number, index * width, width);
    }
    return { type, count: numbers.length, bytes, align: width };
  }
  throw new TypeError('a tag without a value');
}

function isTexts(value: TagValue): value is readonly string[] {
  return Array.isArray(value);
}

function texts(values: readonly string[]): Buffer {
  return Buffer.concat(values.map((value) => Buffer.from(`${value}\0`)));
}
