import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RegistryError } from '../error.ts';
import type { Image } from '../image/image.ts';
import { buildDockerArchive, buildImage } from '../testing.ts';
import { archiveFile, buildOciArchive, collect } from './archives.test-support.ts';
import { openArchive } from './open-archive.ts';
import { readArchiveStream } from './read-archive-stream.ts';

/** What an archive is read as: the digests of the image and the content of its layers; or the error. */
type Outcome = readonly string[] | RegistryError;

async function outcomeOf(work: () => Promise<readonly string[]>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RegistryError) return error;
    throw error;
  }
}

function digestsOf(image: Image): readonly string[] {
  return [image.configDigest, ...image.layers.map(({ digest }) => digest)];
}

function readFile(path: string): Promise<Outcome> {
  return outcomeOf(async () => {
    await using archive = openArchive(path);
    const image = await archive.resolve(undefined);
    for (const layer of image.layers) await collect(layer.open());
    return digestsOf(image);
  });
}

function readStream(bytes: Uint8Array): Promise<Outcome> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 1500) yield bytes.subarray(at, at + 1500);
  }
  return outcomeOf(async () => digestsOf(await readArchiveStream(chunks()).image()));
}

interface Seed {
  readonly bytes: Buffer;
  /** What it says before anything is changed. */
  readonly right: readonly string[];
}

async function seeds(): Promise<readonly Seed[]> {
  const image = await buildImage({ layers: [{ entries: [{ path: 'a', content: 'a'.repeat(700) }] }, {}] });
  const tagged = [{ image, tags: ['app:1'] }];
  const archives = [
    await buildDockerArchive(tagged),
    await buildDockerArchive(tagged, { shape: 'kaniko' }),
    await buildDockerArchive(tagged, { shape: 'hybrid' }),
    await buildOciArchive([{ image, tag: '1' }]),
  ];
  return Promise.all(
    [...archives, ...archives.map((bytes) => gzipSync(bytes))].map(async (bytes) => {
      const right = await readFile(await archiveFile(bytes));
      return { bytes, right: right instanceof Error ? expect.fail(String(right)) : right };
    }),
  );
}

/** Changes to make to an archive: single bytes, whole blocks moved over others, the end cut off. */
const mutation = fc.record({
  edits: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 }),
  moves: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 2 }),
  cut: fc.option(fc.nat(), { nil: undefined, freq: 4 }),
});

type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutate(seed: Buffer, { edits, moves, cut }: Mutation): Buffer {
  const bytes = Buffer.from(seed.subarray(0, cut === undefined ? seed.length : 1 + (cut % seed.length)));
  const blocks = Math.max(1, Math.floor(bytes.length / 512));
  for (const [to, from] of moves) {
    const block = seed.subarray((from % blocks) * 512, (from % blocks) * 512 + 512);
    block.copy(bytes, (to % blocks) * 512);
  }
  for (const [at, byte] of edits) bytes[at % bytes.length] = byte;
  return bytes;
}

describe('any archive', () => {
  it('is read rightly or refused in our own words, in a file and in a stream', async () => {
    const all = await seeds();
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: all.length - 1 }), mutation, async (which, change) => {
        const seed = all[which] ?? expect.fail();
        const bytes = mutate(seed.bytes, change);
        for (const outcome of [await readFile(await archiveFile(bytes)), await readStream(bytes)]) {
          // What is read at all has the digests that it should have.
          if (!(outcome instanceof RegistryError)) expect(outcome).toEqual(seed.right);
        }
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it('claims no memory for sizes that are only said', async () => {
    const { bytes } = (await seeds())[0] ?? expect.fail();
    const huge = Buffer.from(bytes.subarray(0, 512));
    huge.write('77777777777\0', 124, 'latin1');
    huge.fill(' ', 148, 156);
    huge.write(
      `${huge
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
      'latin1',
    );
    const before = process.memoryUsage().arrayBuffers;
    const lying = Buffer.concat([huge, bytes.subarray(512)]);
    expect(await readFile(await archiveFile(lying))).toMatchObject({ code: 'ARCHIVE_INVALID' });
    expect(await readStream(lying)).toMatchObject({ code: 'ARCHIVE_INVALID' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
  });
});
