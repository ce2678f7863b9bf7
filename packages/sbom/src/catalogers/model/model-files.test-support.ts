import { makeZip } from '../../zip/zip.test-support.ts';

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const u64 = (value: number | bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const text = (value: string): Buffer => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);

/** A value of a GGUF key: its type and its bytes. */
export type GgufValue = readonly [type: number, bytes: Buffer];

/** Values of GGUF keys. */
export const gguf = {
  text: (value: string): GgufValue => [8, text(value)],
  u8: (value: number): GgufValue => [0, Buffer.from([value])],
  i8: (value: number): GgufValue => [1, Buffer.from([value & 0xff])],
  u16: (value: number): GgufValue => [2, u32(value).subarray(0, 2)],
  i16: (value: number): GgufValue => [3, u32(value & 0xffff).subarray(0, 2)],
  u32: (value: number): GgufValue => [4, u32(value)],
  i32: (value: number): GgufValue => [5, u32(value >>> 0)],
  f32: (bits: number): GgufValue => [6, u32(bits)],
  flag: (value: boolean): GgufValue => [7, Buffer.from([value ? 1 : 0])],
  u64: (value: bigint): GgufValue => [10, u64(value)],
  i64: (value: bigint): GgufValue => [11, u64(BigInt.asUintN(64, value))],
  f64: (): GgufValue => [12, Buffer.alloc(8)],
  texts: (values: readonly string[]): GgufValue => [
    9,
    Buffer.concat([u32(8), u64(values.length), ...values.map(text)]),
  ],
  numbers: (count: number): GgufValue => [9, Buffer.concat([u32(6), u64(count), Buffer.alloc(4 * count)])],
  nested: (depth: number): GgufValue =>
    depth === 0 ? gguf.numbers(2) : [9, Buffer.concat([u32(9), u64(1), gguf.nested(depth - 1)[1]])],
};

/** A GGUF file with these keys and some bytes of tensors. */
export function ggufFile(keys: Readonly<Record<string, GgufValue>>, version = 3): Buffer {
  const entries = Object.entries(keys).map(([key, [type, bytes]]) => Buffer.concat([text(key), u32(type), bytes]));
  const head = [Buffer.from('GGUF'), u32(version), u64(2), u64(entries.length)];
  return Buffer.concat([...head, ...entries, Buffer.alloc(1_000, 1)]);
}

/** A safetensors file with this header, or header text. */
export function safetensorsFile(header: object | string): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  return Buffer.concat([u64(json.length), json, Buffer.alloc(64)]);
}

const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >> 7)]);

/** A field of a protobuf message: a number, or bytes. */
export function field(number: number, value: number | string | Uint8Array): Buffer {
  if (typeof value === 'number') return Buffer.from([...varint(number << 3), ...varint(value)]);
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([...varint((number << 3) | 2), ...varint(bytes.length)]), bytes]);
}

/** An ONNX model with a graph of some size. */
export function onnxFile(): Buffer {
  const opsets = [Buffer.concat([field(1, ''), field(2, 17)]), Buffer.concat([field(1, 'ai.onnx.ml'), field(2, 3)])];
  return Buffer.concat([
    ...[field(1, 8), field(2, 'pytorch'), field(3, '2.1.0'), field(7, Buffer.alloc(300_000))],
    ...opsets.map((opset) => field(8, opset)),
    field(5, 1),
  ]);
}

/** A TensorFlow SavedModel. */
export function savedModelFile(): Buffer {
  const info = Buffer.concat([field(2, Buffer.alloc(10)), field(4, 'serve'), field(5, '2.15.0')]);
  return Buffer.concat([field(1, 1), field(2, Buffer.concat([field(1, info), field(2, Buffer.alloc(5_000))]))]);
}

/** A pickle that would run a program: protocol 0, as people write them. */
export const systemPickle: Buffer = Buffer.from("cos\nsystem\n(S'true'\ntR.");

const short = (value: string): Buffer => Buffer.from([0x8c, value.length, ...Buffer.from(value)]);

/** A pickle of protocol 4 that puts the names of its globals together on the stack, with the memo between. */
export function stackPickle(globals: readonly (readonly [module: string, name: string])[]): Buffer {
  const parts: Buffer[] = [Buffer.from([0x80, 4, 0x95]), u64(100)];
  for (const [module, name] of globals) {
    parts.push(short(module), Buffer.from([0x94]), short(name), Buffer.from([0x94, 0x93, 0x94, 0x29, 0x52, 0x30]));
  }
  return Buffer.concat([...parts, Buffer.from('N.')]);
}

/** A PyTorch archive with this pickle in front of a tensor. */
export function torchFile(pickle: Uint8Array, stored = true, more: Readonly<Record<string, Uint8Array>> = {}): Buffer {
  return makeZip([
    { name: 'archive/data.pkl', content: pickle, stored },
    { name: 'archive/data/0', content: Buffer.alloc(200_000, 3), stored: true },
    ...Object.entries(more).map(([name, content]) => ({ name, content, stored: true })),
  ]);
}
