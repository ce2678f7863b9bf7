import { ByteWriter } from '../byte-writer.test-support.ts';

/** Where a section came to lie; the address counts from the image base. */
export interface PePlace {
  readonly offset: number;
  readonly address: number;
}

export type PeContent = Uint8Array | ((place: (name: string) => PePlace) => Uint8Array);

export interface PeParts {
  readonly is64?: boolean;
  readonly machine?: number;
  readonly characteristics?: number;
  readonly dllCharacteristics?: number;
  readonly sections?: readonly { readonly name: string; readonly flags?: number; readonly content: PeContent }[];
  /** Data directories by index: the section that the directory is. */
  readonly directories?: Readonly<Record<number, string>>;
}

export const imageBase = 0x40_0000;
const peAt = 0x80;

/** A PE file of these parts; each section has an address of its own page. */
export function peImage(parts: PeParts): Uint8Array {
  const { is64 = true, machine = 0x8664, characteristics = 0x22, dllCharacteristics = 0x140, sections = [] } = parts;
  const nowhere = { offset: 0, address: 0 };
  const optionalSize = (is64 ? 112 : 96) + 16 * 8;
  const places = new Map<string, PePlace & { size: number }>();
  let offset = Math.ceil((peAt + 24 + optionalSize + sections.length * 40) / 512) * 512;
  let address = 0x1000;
  for (const { name, content } of sections) {
    const size = (typeof content === 'function' ? content(() => nowhere) : content).length;
    places.set(name, { offset, address, size });
    offset = Math.ceil((offset + size) / 512) * 512;
    address += Math.ceil((size + 1) / 0x1000) * 0x1000;
  }
  const place = (name: string) => places.get(name) ?? { ...nowhere, size: 0 };
  const file = new ByteWriter().u16(0x5a4d).upTo(0x3c).u32(peAt).upTo(peAt).u32(0x4550);
  file.u16(machine, sections.length).u32(0, 0, 0).u16(optionalSize, characteristics);
  const optional = file.length;
  file.u16(is64 ? 0x20b : 0x10b).upTo(optional + (is64 ? 24 : 28));
  file.number(is64 ? 8 : 4, imageBase).upTo(optional + 68);
  file
    .u16(3, dllCharacteristics)
    .upTo(optional + (is64 ? 108 : 92))
    .u32(16);
  for (let index = 0; index < 16; index += 1) {
    const directory = place(parts.directories?.[index] ?? '');
    file.u32(directory.address, directory.size);
  }
  for (const { name, flags = 0x4000_0040 } of sections) {
    const section = place(name);
    file.field(name, 8).u32(section.size, section.address, section.size, section.offset, 0, 0, 0, flags);
  }
  for (const { name, content } of sections) {
    file.upTo(place(name).offset).bytes(typeof content === 'function' ? content(place) : content);
  }
  return file.upTo(offset).build();
}

/** An import directory of these libraries. */
export function imports(section: string, libraries: readonly string[]): PeContent {
  return (place) => {
    const { address } = place(section);
    const names = new ByteWriter();
    const table = new ByteWriter();
    const namesAt = (libraries.length + 1) * 20;
    for (const library of libraries) {
      table.u32(0, 0, 0, address + namesAt + names.length, 0);
      names.text(library);
    }
    return table.upTo(namesAt).bytes(names.build()).build();
  };
}

/** An export directory of these symbols. */
export function exportsOf(
  section: string,
  symbols: Readonly<Record<string, (place: (name: string) => PePlace) => number>>,
): PeContent {
  return (place) => {
    const { address } = place(section);
    const entries = Object.entries(symbols);
    const [functions, names] = [40, 40 + entries.length * 4];
    const ordinals = names + entries.length * 4;
    const texts = new ByteWriter();
    const textsAt = ordinals + entries.length * 2;
    const nameTable = new ByteWriter();
    for (const [name] of entries) {
      nameTable.u32(address + textsAt + texts.length);
      texts.text(name);
    }
    const header = new ByteWriter().u32(0, 0, 0, 0, 1, entries.length, entries.length);
    header.u32(address + functions, address + names, address + ordinals);
    for (const [, addressOf] of entries) header.u32(addressOf(place));
    return header
      .bytes(nameTable.build())
      .u16(...entries.map((_, index) => index))
      .bytes(texts.build())
      .build();
  };
}

/** One block of a version resource with its children. */
function versionBlock(key: string, value: Uint8Array, children: readonly Uint8Array[], isText: boolean): Uint8Array {
  const body = new ByteWriter().u16(isText ? value.length / 2 : value.length, isText ? 1 : 0).wide(key);
  const whole = new ByteWriter().u16(0).bytes(body.build()).align(4).bytes(value);
  for (const child of children) whole.align(4).bytes(child);
  const bytes = whole.build();
  new DataView(bytes.buffer).setUint16(0, bytes.length, true);
  return bytes;
}

/** The bytes of a version resource with these strings. */
export function versionInfo(strings: Readonly<Record<string, string>>): Uint8Array {
  const entries = Object.entries(strings).map(([key, value]) =>
    versionBlock(key, new ByteWriter().wide(value).build(), [], true),
  );
  const table = versionBlock('040904b0', new Uint8Array(0), entries, true);
  const variables = versionBlock('VarFileInfo', new Uint8Array(0), [], true);
  const stringInfo = versionBlock('StringFileInfo', new Uint8Array(0), [table], true);
  return versionBlock('VS_VERSION_INFO', new Uint8Array(52), [variables, stringInfo], false);
}

/** A resource directory that holds an icon and, three levels deep, a version resource. */
export function resources(section: string, version: Uint8Array): PeContent {
  const directory = 0x8000_0000;
  return (place) => {
    const header = (entries: number) => new ByteWriter().u32(0, 0, 0).u16(0, entries);
    const writer = header(2).u32(3, directory + 32, 16, directory + 32);
    writer.bytes(
      header(1)
        .u32(1, directory + 56)
        .build(),
    );
    writer.bytes(header(1).u32(1033, 80).build());
    return writer
      .u32(place(section).address + 96, version.length, 0, 0)
      .bytes(version)
      .build();
  };
}

/** .NET metadata with a module, some types and members before it, and an assembly. */
export function clrMetadata(
  section: string,
  assembly: { readonly name: string; readonly version: readonly number[]; readonly culture?: string } | undefined,
  options: { readonly wideHeaps?: boolean; readonly types?: number } = {},
): PeContent {
  const { wideHeaps = false, types = 3 } = options;
  const strings = new ByteWriter().u8(0).text('module');
  const [nameAt, cultureAt] = [strings.length, strings.length + (assembly?.name.length ?? 0) + 1];
  if (assembly) strings.text(assembly.name).text(assembly.culture ?? '');
  const heap = wideHeaps ? 4 : 2;
  const tables = new ByteWriter().u32(0).u8(2, 0, wideHeaps ? 7 : 0, 1);
  tables.u32(0b101, assembly ? 1 : 0, 0, 0).u32(1, types);
  if (assembly) tables.u32(1);
  tables.u16(0).number(heap, 1, 0, 0, 0);
  for (let type = 0; type < types; type += 1) {
    tables
      .u32(0)
      .number(heap, 1, 0)
      .number(types < 0x4000 ? 2 : 4, 0)
      .u16(1, 1);
  }
  if (assembly) {
    tables
      .u32(0x8004)
      .u16(...assembly.version)
      .u32(0)
      .number(heap, 0, nameAt, assembly.culture ? cultureAt : 0);
  }
  const tableBytes = tables.align(4).build();
  return (place) => {
    const address = place(section).address + 72;
    const root = new ByteWriter().u32(0x424a_5342).u16(1, 1).u32(0, 12).field('v4.0.30319', 12).u16(0, 2);
    root
      .u32(64, tableBytes.length)
      .field('#~', 4)
      .u32(64 + tableBytes.length, strings.length)
      .field('#Strings', 12);
    const metadata = root.upTo(64).bytes(tableBytes).bytes(strings.build()).build();
    return new ByteWriter().u32(72).u16(2, 5).u32(address, metadata.length).upTo(72).bytes(metadata).build();
  };
}
