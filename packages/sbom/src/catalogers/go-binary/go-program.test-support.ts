import { ByteWriter } from '../../executable/byte-writer.test-support.ts';
import { elfImage, type Place } from '../../executable/elf/elf-image.test-support.ts';

const mark = Buffer.from('0123456789abcdef');
const magic = Buffer.from('\u00ff Go buildinf:', 'latin1');

/** The list of modules between the marks by which a running program finds it. */
export function marked(modules: string): Uint8Array {
  return Buffer.concat([mark, Buffer.from(modules), mark]);
}

function counted(bytes: Uint8Array): Uint8Array {
  const prefix: number[] = [];
  for (let rest = bytes.length; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) {
      prefix.push(rest);
      return Buffer.concat([Uint8Array.from(prefix), bytes]);
    }
    prefix.push((rest % 128) + 128);
  }
}

/** The header as Go 1.18 and newer write it. */
export function inlineHeader(version: string, modules: string): Uint8Array {
  const header = new ByteWriter().bytes(magic).u8(8, 2).upTo(32);
  return header
    .bytes(counted(Buffer.from(version)))
    .bytes(counted(marked(modules)))
    .build();
}

/** The header as older versions write it: pointers to strings of the program. */
export function pointerHeader(
  { address }: Place,
  version: string,
  modules: string,
  { is64 = true, littleEndian = true }: { is64?: boolean; littleEndian?: boolean } = {},
): Uint8Array {
  const width = is64 ? 8 : 4;
  const [pairs, texts] = [32, 32 + 4 * width];
  const [versionBytes, moduleBytes] = [Buffer.from(version), marked(modules)];
  const header = new ByteWriter(littleEndian).bytes(magic).u8(width, littleEndian ? 0 : 1);
  header.number(width, address + pairs, address + pairs + 2 * width).upTo(pairs);
  header.number(width, address + texts, versionBytes.length);
  header.number(width, address + texts + versionBytes.length, moduleBytes.length);
  return header.bytes(versionBytes).bytes(moduleBytes).build();
}

/** A Go program of the present form. */
export function goProgram(modules: string, version = 'go1.22.1'): Uint8Array {
  const content = inlineHeader(version, modules);
  return elfImage({ type: 2, sections: [{ name: '.go.buildinfo', flags: 3, content }] });
}
