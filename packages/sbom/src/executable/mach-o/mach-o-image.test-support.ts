import { ByteWriter } from '../byte-writer.test-support.ts';

export interface MachOParts {
  readonly is64?: boolean;
  readonly littleEndian?: boolean;
  readonly cpuType?: number;
  readonly fileType?: number;
  readonly flags?: number;
  readonly libraries?: readonly string[];
  readonly rpath?: readonly string[];
  readonly id?: string;
  readonly uuid?: Uint8Array;
  /** Sections, all in the segment `__DATA`, which can be written. */
  readonly sections?: readonly { readonly name: string; readonly content: Uint8Array }[];
  /** Symbols by name: offset within the named section. */
  readonly symbols?: Readonly<Record<string, readonly [section: string, offset: number]>>;
}

const base = 0x1_0000;

/** A Mach-O file of these parts; the data has the address 0x10000 + its offset. */
export function machOImage(parts: MachOParts): Uint8Array {
  const { is64 = true, littleEndian = true, sections = [], symbols = {}, libraries = [], rpath = [] } = parts;
  const writer = () => new ByteWriter(littleEndian);
  const word = is64 ? 8 : 4;
  const headerBytes = is64 ? 32 : 28;
  const text = (command: number, value: string, before: readonly number[] = []): Uint8Array => {
    const body = writer()
      .u32(...before)
      .text(value)
      .align(word)
      .build();
    return writer()
      .u32(command, 12 + body.length, 12 + before.length * 4)
      .bytes(body)
      .build();
  };
  const segmentBytes = (is64 ? 72 : 56) + sections.length * (is64 ? 80 : 68);
  const commands = [
    ...libraries.map((name) => text(0xc, name, [0, 0, 0])),
    ...rpath.map((directory) => text(0x8000_001c, directory)),
    ...(parts.id === undefined ? [] : [text(0xd, parts.id, [0, 0, 0])]),
    ...(parts.uuid === undefined ? [] : [writer().u32(0x1b, 24).bytes(parts.uuid).build()]),
  ];
  const size = commands.reduce((sum, { length }) => sum + length, 0) + segmentBytes + 24;
  const dataAt = Math.ceil((headerBytes + size) / 16) * 16;
  const places = new Map<string, { offset: number; size: number }>();
  let offset = dataAt;
  for (const { name, content } of sections) {
    places.set(name, { offset, size: content.length });
    offset = Math.ceil((offset + content.length) / 16) * 16;
  }
  const [symbolsAt, dataBytes] = [offset, offset - dataAt];
  const names = new ByteWriter().u8(0);
  const table = writer();
  for (const [name, [section, into]] of Object.entries(symbols)) {
    table
      .u32(names.length)
      .u8(0xf, 1)
      .u16(0)
      .number(word, base + (places.get(section)?.offset ?? 0) + into);
    names.text(`_${name}`);
  }
  const segment = writer()
    .u32(is64 ? 0x19 : 1, segmentBytes)
    .field('__DATA', 16);
  segment.number(word, base + dataAt, dataBytes, dataAt, dataBytes).u32(3, 3, sections.length, 0);
  for (const { name } of sections) {
    const place = places.get(name) ?? { offset: 0, size: 0 };
    segment
      .field(name, 16)
      .field('__DATA', 16)
      .number(word, base + place.offset, place.size);
    segment.u32(place.offset, 4, 0, 0, 0, 0, 0, ...(is64 ? [0] : []));
  }
  const symbolCommand = writer().u32(
    2,
    24,
    symbolsAt,
    Object.keys(symbols).length,
    symbolsAt + table.length,
    names.length,
  );
  const all = [...commands, segment.build(), symbolCommand.build()];
  const file = writer().u32(is64 ? 0xfeedfacf : 0xfeedface, parts.cpuType ?? 0x100_0007, 3, parts.fileType ?? 2);
  file.u32(all.length, size, parts.flags ?? 0x20_0000, ...(is64 ? [0] : []));
  for (const command of all) file.bytes(command);
  for (const { name, content } of sections) file.upTo(places.get(name)?.offset ?? 0).bytes(content);
  return file.upTo(symbolsAt).bytes(table.build()).bytes(names.build()).upTo(256).build();
}

/** A universal file of several machines. */
export function universal(slices: readonly Uint8Array[], wide = false): Uint8Array {
  const file = new ByteWriter(false).u32(wide ? 0xcafebabf : 0xcafebabe, slices.length);
  let offset = 4096;
  const places: number[] = [];
  for (const slice of slices) {
    places.push(offset);
    file
      .u32(7, 3)
      .number(wide ? 8 : 4, offset, slice.length)
      .u32(12, ...(wide ? [0] : []));
    offset += Math.ceil(slice.length / 4096) * 4096;
  }
  for (const [index, slice] of slices.entries()) file.upTo(places[index] ?? 0).bytes(slice);
  return file.build();
}
