import type { Cataloger } from '../../catalog/cataloger.ts';
import { jvmFindings } from './package.ts';
import { type JvmRelease, parseJvmRelease } from './parse-release.ts';

/** Bytes that are read; the list of modules makes the file of a full JDK 2 KiB long. */
const maxReleaseBytes = 16 * 1024;

/** Java runtimes that no package system knows of: from vendors' archives, jlink, or copied from another image. */
export const jvmCataloger: Cataloger<JvmRelease> = {
  name: 'jvm',
  version: '1',
  description: {
    title: 'Java runtimes',
    selects: ['**/release'],
    reads: 'version, maker and kind of the runtime beside the file, where JAVA_VERSION stands in the first 4 KiB',
    emits: ['generic'],
  },
  select: { names: ['release'] },
  async extract(file) {
    if (file.kind !== 'file') return undefined;
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of file.stream()) {
      parts.push(chunk.slice(0, maxReleaseBytes - length));
      length += parts.at(-1)?.length ?? 0;
      if (length === maxReleaseBytes) break;
    }
    return parseJvmRelease(Buffer.concat(parts).toString('utf8'));
  },
  assemble: jvmFindings,
};
