import { ByteWriter } from '../byte-writer.test-support.ts';

/** Where a section came to lie. */
export interface Place {
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** Content of a section, or how to make it once it is known where all sections lie; its length must not depend on that. */
export type Content = Uint8Array | ((place: (name: string) => Place, writer: () => ByteWriter) => Uint8Array);

export interface SectionParts {
  readonly name: string;
  readonly type?: number;
  readonly flags?: number;
  readonly content?: Content;
  /** Name of the section it is linked to. */
  readonly link?: string;
}

export interface SegmentParts {
  readonly type: number;
  readonly flags?: number;
  /** Name of the section it covers; a load segment may cover all from this to {@link to}. */
  readonly of?: string;
  readonly to?: string;
  readonly alignment?: number;
}

export interface ElfParts {
  readonly is64?: boolean;
  readonly littleEndian?: boolean;
  /** Default 3, a shared object. */
  readonly type?: number;
  readonly machine?: number;
  readonly segments?: readonly SegmentParts[];
  readonly sections?: readonly SectionParts[];
  /** Leaves the section table out, as a program that was stripped of it. */
  readonly withoutSections?: boolean;
  /** Counts in the first section header, as for more than 65 279 of them. */
  readonly extended?: boolean;
}

const base = 0x40_0000;

/** An ELF file of these parts; every section has the address 0x400000 + its offset. */
export function elfImage(parts: ElfParts): Uint8Array {
  const { is64 = true, littleEndian = true, type = 3, machine = 62, segments = [], extended = false } = parts;
  const sections: SectionParts[] = [{ name: '', type: 0, content: new Uint8Array(0) }, ...(parts.sections ?? [])];
  const names = new ByteWriter();
  const nameOffsets = [...sections.map(({ name }) => name), '.shstrtab'].map((name) => {
    const offset = names.length;
    names.text(name);
    return offset;
  });
  const all: SectionParts[] = [...sections, { name: '.shstrtab', type: 3, content: names.build() }];
  const writer = () => new ByteWriter(littleEndian);
  const nowhere = { offset: 0, address: 0, size: 0 };
  const headerSize = is64 ? 64 : 52;
  const places = new Map<string, Place>();
  let offset = Math.ceil((headerSize + segments.length * (is64 ? 56 : 32)) / 16) * 16;
  for (const { name, content } of all) {
    const size = (typeof content === 'function' ? content(() => nowhere, writer) : (content ?? new Uint8Array(0)))
      .length;
    if (name !== '') places.set(name, { offset, address: base + offset, size });
    offset = Math.ceil((offset + size) / 16) * 16;
  }
  const place = (name: string): Place => places.get(name) ?? nowhere;
  const tableAt = parts.withoutSections ? 0 : offset;
  const count = parts.withoutSections ? 0 : all.length;
  const word = is64 ? 8 : 4;

  const file = writer()
    .bytes(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, littleEndian ? 1 : 2, 1))
    .upTo(16);
  file.u16(type, machine).u32(1).number(word, 0, headerSize, tableAt).u32(0);
  file.u16(headerSize, is64 ? 56 : 32, extended ? 0xffff : segments.length, is64 ? 64 : 40);
  file.u16(extended ? 0 : count, extended ? 0xffff : Math.max(count - 1, 0));
  for (const { type: segmentType, flags = 4, of, to = of, alignment = 4 } of segments) {
    const [first, last] = [place(of ?? ''), place(to ?? '')];
    const size = last.offset + last.size - first.offset;
    file.u32(segmentType);
    if (is64) file.u32(flags).u64(first.offset, first.address, first.address, size, size, alignment);
    else file.u32(first.offset, first.address, first.address, size, size, flags, alignment);
  }
  for (const { name, content } of all) {
    if (name === '') continue;
    file.upTo(place(name).offset);
    file.bytes(typeof content === 'function' ? content(place, writer) : (content ?? new Uint8Array(0)));
  }
  if (parts.withoutSections) return file.build();
  file.upTo(tableAt);
  for (const [index, section] of all.entries()) {
    const { offset: begin, address, size } = section.name === '' ? nowhere : place(section.name);
    const link = section.link === undefined ? 0 : all.findIndex(({ name }) => name === section.link);
    const first = index === 0 && extended;
    file.u32(nameOffsets[index] ?? 0, section.type ?? 1);
    file.number(word, section.flags ?? 0, address, begin, first ? count : size);
    file.u32(first ? count - 1 : link, first ? segments.length : 0).number(word, 1, 0);
  }
  return file.build();
}

/** A run of notes. */
export function notes(
  entries: readonly { owner: string; type: number; content: Uint8Array }[],
  littleEndian = true,
  alignment = 4,
): Uint8Array {
  const writer = new ByteWriter(littleEndian);
  for (const { owner, type, content } of entries) {
    writer
      .u32(owner.length + 1, content.length, type)
      .text(owner)
      .align(alignment)
      .bytes(content)
      .align(alignment);
  }
  return writer.build();
}

/** A table of strings and where each of them begins. */
export function strings(...texts: string[]): { bytes: Uint8Array; at: (text: string) => number } {
  const writer = new ByteWriter().u8(0);
  const offsets = new Map<string, number>();
  for (const text of texts) {
    offsets.set(text, writer.length);
    writer.text(text);
  }
  return { bytes: writer.build(), at: (text) => offsets.get(text) ?? 0 };
}

/** Sections and segments of a program with a dynamic section. */
export function dynamicProgram(
  entries: readonly (readonly [tag: number, value: number | string])[],
  options: { is64?: boolean; littleEndian?: boolean; symbols?: readonly string[]; interpreter?: string } = {},
): Pick<ElfParts, 'sections' | 'segments'> {
  const { is64 = true, symbols = [], interpreter } = options;
  const texts = entries.flatMap(([, value]) => (typeof value === 'string' ? [value] : []));
  const table = strings(...texts, ...symbols);
  const width = is64 ? 8 : 4;
  const sections: SectionParts[] = [
    { name: '.dynstr', type: 3, content: table.bytes },
    { name: '.dynsym', type: 11, link: '.dynstr', content: new Uint8Array(is64 ? 48 : 32) },
    {
      name: '.dynamic',
      type: 6,
      link: '.dynstr',
      content: (place, writer) => {
        const out = writer().number(width, 5, place('.dynstr').address, 10, table.bytes.length);
        for (const [tag, value] of entries) out.number(width, tag, typeof value === 'string' ? table.at(value) : value);
        return out.number(width, 0, 0).build();
      },
    },
    ...(interpreter === undefined ? [] : [{ name: '.interp', content: Buffer.from(`${interpreter}\0`) }]),
  ];
  const segments: SegmentParts[] = [
    { type: 1, flags: 5, of: '.dynstr', to: '.dynamic' },
    { type: 2, flags: 6, of: '.dynamic' },
    ...(interpreter === undefined ? [] : [{ type: 3, of: '.interp' }]),
  ];
  return { sections, segments };
}
