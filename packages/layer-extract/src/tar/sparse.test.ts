import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExtractLimits, withDefaultLimits } from '../extract-limits.ts';
import { endOfArchive, paxHeader, rawEntry, trackedSource } from '../layer.test-support.ts';
import { resealed } from './resealed.test-support.ts';
import type { SparseRun } from './sparse-map.ts';
import { TarReader } from './tar-reader.ts';

interface Sparse {
  readonly size: number;
  readonly runs: readonly SparseRun[];
  readonly body: Buffer;
}

type Writer = (name: string, file: Sparse) => Buffer;

const octal = (value: number): string => `${value.toString(8).padStart(11, '0')}\0`;
const octalRuns = (runs: readonly SparseRun[]): string =>
  runs.map(({ offset, length }) => octal(offset) + octal(length)).join('');

/** Pax records in one header; a key may stand there twice. */
function paxRecords(records: readonly (readonly [string, string | number])[]): Buffer {
  const body = records.map(([key, value]) => {
    const header = paxHeader(key, String(value));
    return header.subarray(512, 512 + Number.parseInt(header.toString('latin1', 124, 135), 8));
  });
  return rawEntry({ name: 'PaxHeaders/x', type: 'x', body: Buffer.concat(body) });
}

const oldGnu: Writer = (name, { size, runs, body }) => {
  const rest: SparseRun[] = [...runs];
  const inHeader = octalRuns(rest.splice(0, 4));
  const header = resealed(rawEntry({ name, type: 'S', size: body.byteLength }), {
    ...{ 257: 'ustar  \0', 386: inHeader, 483: octal(size) },
    ...(rest.length > 0 ? { 482: '\x01' } : {}),
  });
  const blocks: Buffer[] = [];
  while (rest.length > 0) {
    const block = Buffer.alloc(512);
    block.write(octalRuns(rest.splice(0, 21)), 'latin1');
    block[504] = rest.length > 0 ? 1 : 0;
    blocks.push(block);
  }
  return Buffer.concat([header, ...blocks, body, Buffer.alloc((512 - (body.byteLength % 512)) % 512)]);
};

const pax00: Writer = (name, { size, runs, body }) =>
  Buffer.concat([
    paxRecords([
      ...[['GNU.sparse.size', size] as const, ['GNU.sparse.numblocks', runs.length] as const],
      ...runs.flatMap(({ offset, length }) => [
        ['GNU.sparse.offset', offset] as const,
        ['GNU.sparse.numbytes', length] as const,
      ]),
    ]),
    rawEntry({ name, body }),
  ]);

const pax01: Writer = (name, { size, runs, body }) =>
  Buffer.concat([
    paxRecords([
      ...[['GNU.sparse.size', size] as const, ['GNU.sparse.numblocks', runs.length] as const],
      ...[['GNU.sparse.name', name] as const],
      ['GNU.sparse.map', runs.flatMap(({ offset, length }) => [offset, length]).join(',')],
    ]),
    rawEntry({ name: 'GNUSparseFile.1/x', body }),
  ]);

const pax10: Writer = (name, { size, runs, body }) => {
  const numbers = [runs.length, ...runs.flatMap(({ offset, length }) => [offset, length])];
  const map = Buffer.from(numbers.map((number) => `${number}\n`).join(''));
  return Buffer.concat([
    paxRecords([
      ...[['GNU.sparse.major', 1] as const, ['GNU.sparse.minor', 0] as const],
      ...[['GNU.sparse.name', name] as const, ['GNU.sparse.realsize', size] as const],
    ]),
    rawEntry({
      name: 'GNUSparseFile.1/x',
      body: Buffer.concat([map, Buffer.alloc((512 - (map.byteLength % 512)) % 512), body]),
    }),
  ]);
};

const formats: [string, Writer][] = [
  ['old GNU', oldGnu],
  ['pax 0.0', pax00],
  ['pax 0.1', pax01],
  ['pax 1.0', pax10],
];

function sparseOf(runs: readonly SparseRun[], size: number): Sparse {
  const length = runs.reduce((sum, run) => sum + run.length, 0);
  return { size, runs, body: Buffer.from(Array.from({ length }, (_, index) => 1 + (index % 250))) };
}

function expanded({ size, runs, body }: Sparse): Buffer {
  const whole = Buffer.alloc(size);
  let at = 0;
  for (const { offset, length } of runs) {
    body.copy(whole, offset, at, at + length);
    at += length;
  }
  return whole;
}

async function filesOf(
  archive: Uint8Array,
  limits: Partial<ExtractLimits> = {},
  chunk = 300,
): Promise<{ name: string; size: number; content: Buffer }[]> {
  const reader = new TarReader(trackedSource(archive, { chunk }).source, withDefaultLimits(limits));
  const files = [];
  for (let entry = await reader.next(); entry !== undefined; entry = await reader.next()) {
    expect(entry.type).toBe('file');
    const parts: Uint8Array[] = [];
    for (let part = await entry.body.read(); part !== undefined; part = await entry.body.read()) parts.push(part);
    files.push({ name: entry.name, size: entry.size, content: Buffer.concat(parts) });
  }
  return files;
}

const runsOf = fc.array(fc.record({ gap: fc.nat(700), length: fc.nat(900) }), { maxLength: 60 }).map((parts) => {
  let at = 0;
  return parts.map(({ gap, length }): SparseRun => {
    const run = { offset: at + gap, length };
    at = run.offset + length;
    return run;
  });
});
/** As GNU tar writes it: an empty run marks the end of the file. */
const sparse = fc.tuple(runsOf, fc.nat(200_000)).map(([runs, tail]) => {
  const last = runs.at(-1);
  const size = (last === undefined ? 0 : last.offset + last.length) + tail;
  return sparseOf([...runs, { offset: size, length: 0 }], size);
});

describe.each(formats)('a sparse file in the format %s', (_format, write) => {
  it('is read with zeros for its holes, whatever its map and the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(sparse, fc.integer({ min: 1, max: 5000 }), async (file, chunk) => {
        const archive = Buffer.concat([write('var/log/lastlog', file), rawEntry({ name: 'next' }), endOfArchive]);
        const [read, next] = await filesOf(archive, {}, chunk);
        expect(read).toMatchObject({ name: 'var/log/lastlog', size: file.size });
        expect(read!.content.equals(expanded(file))).toBe(true);
        expect(next?.name).toBe('next');
      }),
      { numRuns: 40 },
    );
  });

  it('is passed over when nobody reads it', async () => {
    const file = sparseOf([{ offset: 2 ** 32, length: 3000 }], 2 ** 33 - 1);
    const archive = Buffer.concat([write('huge', file), rawEntry({ name: 'next' }), endOfArchive]);
    const reader = new TarReader(trackedSource(archive).source, withDefaultLimits({}));
    expect(await reader.next()).toMatchObject({ name: 'huge', size: 2 ** 33 - 1 });
    expect(await reader.next()).toMatchObject({ name: 'next' });
    expect(await reader.next()).toBeUndefined();
  });

  it('is refused where its map makes no sense', async () => {
    const run = { offset: 100, length: 50 };
    const bad: Sparse[] = [
      { ...sparseOf([run, { offset: 120, length: 10 }], 1000) },
      { ...sparseOf([{ offset: 500, length: 10 }, run], 1000) },
      { ...sparseOf([run], 149) },
      { ...sparseOf([run], 1000), body: Buffer.alloc(49) },
      { ...sparseOf([run], 1000), body: Buffer.alloc(51) },
    ];
    for (const file of bad) {
      const archive = Buffer.concat([write('bad', file), endOfArchive]);
      await expect(filesOf(archive)).rejects.toMatchObject({ code: 'TAR_INVALID', message: /sparse map/ });
    }
  });

  it('may have no map longer than headers may be', async () => {
    const runs = Array.from({ length: 1000 }, (_, index) => ({ offset: index * 10, length: 1 }));
    const archive = Buffer.concat([write('many', sparseOf(runs, 10_000)), endOfArchive]);
    await expect(filesOf(archive, { headerBytes: 4096 })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(await filesOf(archive)).toHaveLength(1);
  });

  it('stops where its holes are read beyond what the archive may unpack to', async () => {
    const archive = Buffer.concat([write('bomb', sparseOf([{ offset: 0, length: 4 }], 2 ** 32)), endOfArchive]);
    const limits = { ratioFloorBytes: 3_000_000 };
    await expect(filesOf(archive, limits)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', message: /holes/ });
  });

  it('is reported where the archive ends inside it', async () => {
    const runs = Array.from({ length: 30 }, (_, index) => ({ offset: index * 100, length: 40 }));
    const archive = write('cut', sparseOf(runs, 5000));
    for (let length = 100; length < archive.byteLength - 512; length += 500) {
      await expect(filesOf(archive.subarray(0, length)), `${length} bytes`).rejects.toMatchObject({
        code: 'TRUNCATED',
      });
    }
  });
});

describe('a sparse map', () => {
  it('of a version that nobody knows leaves the file as it stands', async () => {
    const archive = [
      paxRecords([
        ['GNU.sparse.major', 7],
        ['GNU.sparse.name', 'other'],
      ]),
      rawEntry({ name: 'a', body: 'b' }),
    ];
    expect(await filesOf(Buffer.concat(archive))).toMatchObject([{ name: 'a', size: 1, content: Buffer.from('b') }]);
  });

  it.each([
    [
      'a number that is none',
      [
        ['GNU.sparse.numblocks', 1],
        ['GNU.sparse.map', '0,x'],
      ],
    ],
    [
      'another count of runs',
      [
        ['GNU.sparse.numblocks', 2],
        ['GNU.sparse.map', '0,4'],
      ],
    ],
    ['no count', [['GNU.sparse.map', '0,4']]],
    [
      'a size that is none',
      [
        ['GNU.sparse.numblocks', 1],
        ['GNU.sparse.map', '0,4'],
        ['GNU.sparse.size', '-4'],
      ],
    ],
    [
      'a run without its length',
      [
        ['GNU.sparse.offset', 0],
        ['GNU.sparse.offset', 1],
      ],
    ],
    ['two numbers in one', [['GNU.sparse.offset', '0,4,8']]],
    [
      'a text that is no map',
      [
        ['GNU.sparse.major', 1],
        ['GNU.sparse.minor', 0],
      ],
    ],
  ] as [string, [string, string | number][]][])('with %s is refused', async (_what, records) => {
    const archive = Buffer.concat([paxRecords(records), rawEntry({ name: 'a', body: 'body' }), endOfArchive]);
    await expect(filesOf(archive)).rejects.toMatchObject({ code: 'TAR_INVALID' });
  });

  it('of the old format with something that is no number is refused', async () => {
    const file = oldGnu('bad', sparseOf([{ offset: 0, length: 4 }], 10));
    const damages = [{ 483: 'x' }, { 386: 'x' }, { 398: 'x' }];
    for (const damage of damages) {
      await expect(filesOf(resealed(file, damage as Record<number, string>))).rejects.toMatchObject({
        code: 'TAR_INVALID',
      });
    }
  });

  it.each(['1\n0\nx\n', `${'1'.repeat(30)}\n`, '1\n0\n'])('whose text is %j is refused', async (text) => {
    const records = paxRecords([
      ['GNU.sparse.major', 1],
      ['GNU.sparse.minor', 0],
    ]);
    const body = Buffer.concat([Buffer.from(text), Buffer.alloc(512 - text.length)]);
    await expect(filesOf(Buffer.concat([records, rawEntry({ name: 'a', body })]))).rejects.toMatchObject({
      code: 'TAR_INVALID',
    });
  });

  it('is refused for what has no content, and in a header of another format than GNU', async () => {
    const records = paxRecords([
      ['GNU.sparse.major', 1],
      ['GNU.sparse.minor', 0],
    ]);
    for (const entry of [
      Buffer.concat([records, rawEntry({ name: 'd', type: '5' })]),
      rawEntry({ name: 's', type: 'S' }),
    ]) {
      await expect(filesOf(entry)).rejects.toMatchObject({ code: 'TAR_INVALID' });
    }
  });
});
