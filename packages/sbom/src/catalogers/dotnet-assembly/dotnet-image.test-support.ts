import { ByteWriter } from '../../executable/byte-writer.test-support.ts';
import { elfImage } from '../../executable/elf/elf-image.test-support.ts';
import { clrMetadata, peImage, resources, versionInfo } from '../../executable/pe/pe-image.test-support.ts';

const signature = Buffer.from('8b1202b96a612038727b930214d7a03213f5b9e6efae3318ee3b2dce24b36aae', 'hex');

/** An assembly with metadata and a version resource. */
export function assembly(
  described: Parameters<typeof clrMetadata>[1],
  strings: Readonly<Record<string, string>> = {},
): Uint8Array {
  return peImage({
    directories: { 2: '.rsrc', 14: '.text' },
    sections: [
      { name: '.text', content: clrMetadata('.text', described) },
      { name: '.rsrc', content: resources('.rsrc', versionInfo(strings)) },
    ],
  });
}

/** A host with the mark of a bundle in its data, and the bundle behind it. */
export function bundle(
  dependencies: Uint8Array,
  options: { readonly formatVersion?: number; readonly id?: string; readonly headerAt?: (end: number) => number } = {},
): Uint8Array {
  const { formatVersion = 6, id = 'bundle-id', headerAt = (end) => end + dependencies.length } = options;
  const host = (header: number) => {
    const content = new ByteWriter().u64(0).u64(header).bytes(signature).build();
    return elfImage({
      type: 2,
      sections: [{ name: '.data', content }],
      segments: [{ type: 1, flags: 6, of: '.data' }],
    });
  };
  const end = host(0).length;
  const header = new ByteWriter().u32(formatVersion, 0, 1);
  if (id.length < 128) header.u8(id.length);
  else header.u8((id.length % 128) + 128, Math.floor(id.length / 128));
  header.bytes(Buffer.from(id)).u64(end, dependencies.length, 0, 0, 0);
  return Buffer.concat([host(headerAt(end)), dependencies, header.build()]);
}
