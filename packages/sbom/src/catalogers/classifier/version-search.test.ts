import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anywhere, type BinaryClass, near } from './binary-class.ts';
import { createClassIndex } from './class-index.ts';
import { binaryClasses } from './classes/binary-classes.ts';
import { type FoundVersion, VersionSearch } from './version-search.ts';

const tool: BinaryClass = {
  ...{ id: 'tool', name: 'tool', cpes: ['maker:tool'], files: ['tool'] },
  rules: [
    near('Tool/', /Tool\/(?<version>\d\.\d) final/),
    near('libtool', /\0(?<library>libtool\.so\.\d)\0/),
    anywhere(/\0(?<version>\d\.\d)\0/, 'tool: error'),
  ],
};
const fork: BinaryClass = {
  ...{ id: 'fork', name: 'fork', cpes: [], files: ['tool'], insteadOf: ['tool'] },
  rules: [near('Fork ', /Fork (?<version>\d\.\d)/)],
};

function search(
  text: string,
  { classes = [tool], chunk = 1_000, maxTrials = 1_000 } = {},
): {
  found: FoundVersion[];
  limited: boolean;
  read: number;
} {
  const bytes = Buffer.from(text, 'latin1');
  const searching = new VersionSearch({ classes, fileName: 'tool', size: bytes.length, maxTrials });
  let read = 0;
  while (read < bytes.length) {
    const part = bytes.subarray(read, read + chunk);
    read += part.length;
    if (!searching.push(part)) break;
  }
  return { found: searching.end(), limited: searching.limited, read: Math.min(read, bytes.length) };
}

describe('VersionSearch', () => {
  it('prefers the best rule, wherever the others match', () => {
    const text = '\0tool: error\0'.padEnd(90_000, '\0').concat('\x001.1\0', 'Tool/2.2 final');
    expect(search(text).found).toEqual([{ class: 'tool', version: '2.2' }]);
    expect(search(text.replace('final', 'draft')).found).toEqual([{ class: 'tool', version: '1.1' }]);
  });

  it('believes a bare number only beside what tells the program from a namesake, in whatever order', () => {
    expect(search('\x001.1\0').found).toEqual([]);
    expect(search('\x001.1\0'.padEnd(90_000, 'x').concat('tool: error')).found).toHaveLength(1);
    expect(search('tool: error'.padEnd(90_000, 'x').concat('\x001.1\0')).found).toHaveLength(1);
  });

  it('says which library knows the version, unless the program knows it itself', () => {
    expect(search('\0libtool.so.3\0').found).toEqual([{ class: 'tool', library: 'libtool.so.3' }]);
    expect(search('\0libtool.so.3\0tool: error\x001.1\0').found).toEqual([{ class: 'tool', version: '1.1' }]);
  });

  it('replaces what something is built upon', () => {
    const classes = [tool, fork];
    expect(search('Tool/2.2 final Fork 3.3', { classes }).found).toEqual([{ class: 'fork', version: '3.3' }]);
    expect(search('Tool/2.2 final', { classes }).found).toEqual([{ class: 'tool', version: '2.2' }]);
  });

  it('reads no further than it has to', () => {
    expect(search('Tool/2.2 final'.padEnd(1_000_000, '.')).read).toBeLessThan(100_000);
    expect(search('Tool/2.2 draft'.padEnd(1_000_000, '.')).read).toBe(1_000_000);
  });

  it('gives up on a file that is full of what it looks for', () => {
    const { limited, found, read } = search('Tool/ '.repeat(100_000), { maxTrials: 100 });
    expect({ limited, found }).toEqual({ limited: true, found: [] });
    expect(read).toBeLessThan(100_000);
  });

  it('finds the same however the file is cut', () => {
    const part = fc.constantFrom(
      '\0libtool.so.3\0',
      'Tool/2.2 final',
      '\x001.1\0',
      'tool: error',
      'Fork 3.3',
      'x'.repeat(700),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), fc.integer({ min: 1, max: 40 }), (parts, chunk) => {
        const classes = [tool, fork];
        const text = parts.join('.');
        expect(search(text, { classes, chunk }).found).toEqual(search(text, { classes, chunk: 1_000_000 }).found);
      }),
    );
  });

  it('reads any bytes under any name without throwing, and believes only plain versions', () => {
    const index = createClassIndex(binaryClasses);
    const names = binaryClasses.flatMap(({ files }) => files.filter((file) => typeof file === 'string'));
    const names2 = [...names, 'python3.11', 'libpython3.11.so.1.0', 'libcrypto.so.3', 'ruby3.1', 'libz.so.1', 'php8.2'];
    const literals = binaryClasses.flatMap(({ rules }) =>
      (typeof rules === 'function' ? rules('python3.1') : rules).flatMap(({ near: one, requires }) =>
        [one ?? [], requires ?? []].flat(),
      ),
    );
    const piece = fc.oneof(
      fc.constantFrom(...literals, '\0', '1.2.3', '\x003.11.2\0', ' ', '-', 'go1.22', '$'),
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    );
    fc.assert(
      fc.property(fc.constantFrom(...names2), fc.array(piece, { maxLength: 30 }), (fileName, pieces) => {
        for (const kind of ['text', 'executable'] as const) {
          const searching = new VersionSearch({ classes: index.classesOf(fileName, kind), fileName });
          searching.push(Buffer.from(pieces.join(''), 'latin1'));
          for (const { version, library } of searching.end()) expect(version ?? library).toMatch(/^[\w.+-]{1,40}$/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
