import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type AnalyzeOptions, analyzeLayer } from '../../analyze/analyze-layer.ts';
import { createByteBudget } from '../../analyze/byte-budget.ts';
import { contentOf, inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import type { LayerEvent } from '../../catalog/layer-event.ts';
import { elfImage } from '../../executable/elf/elf-image.test-support.ts';
import { machOImage } from '../../executable/mach-o/mach-o-image.test-support.ts';
import { peImage } from '../../executable/pe/pe-image.test-support.ts';
import { goBinaryCataloger } from '../go-binary/cataloger.ts';
import { executableCataloger } from './cataloger.ts';

const catalogers = [executableCataloger as Cataloger];
const sha256 = (bytes: Uint8Array) => hash('sha256', bytes, 'hex');
const library = elfImage({ sections: [{ name: '.text', content: new Uint8Array(200_000).fill(7) }] });

async function* file(bytes: Uint8Array, mode = 0o755): AsyncIterable<LayerEvent> {
  const header = { path: 'usr/bin/a', mode, uid: 0, gid: 0, mtime: 0 };
  yield { kind: 'file', ...header, size: bytes.length, content: contentOf(bytes, 1_000) };
}

async function factsOf(bytes: Uint8Array, mode?: number, options: Partial<AnalyzeOptions> = {}) {
  const { paths, problems } = await analyzeLayer(file(bytes, mode), { catalogers, ...options });
  return { facts: paths[0]?.facts.executable, problems };
}

describe('executableCataloger', () => {
  it.each([
    ['elf', library, { machine: 'x86_64' }],
    ['pe', peImage({}), { machine: 'x86_64' }],
    ['mach-o', machOImage({}), { machine: 'x86_64' }],
  ])('hashes and describes %s files whatever their mode', async (format, bytes, details) => {
    const { facts, problems } = await factsOf(bytes, 0o644);
    expect(facts).toMatchObject({ format, size: bytes.length, mode: 0o644, sha256: sha256(bytes), details });
    expect(problems).toEqual([]);
  });

  it.each([
    ['#!/bin/sh\n', { interpreter: '/bin/sh' }],
    ['#! /usr/bin/env -S node --test \nx', { interpreter: '/usr/bin/env', argument: '-S node --test' }],
    ['#!/usr/bin/python3', { interpreter: '/usr/bin/python3' }],
  ])('takes %j for a script where it may be run', async (text, details) => {
    const bytes = Buffer.from(text);
    const expected = { format: 'script', size: bytes.length, mode: 0o711, sha256: sha256(bytes), details };
    expect((await factsOf(bytes, 0o711)).facts).toEqual(expected);
    expect((await factsOf(bytes, 0o644)).facts).toBeUndefined();
  });

  it.each(['#!', '#!bin/sh\n', '#!\0\n', '#!\n/bin/sh', '# /bin/sh\n', 'MZ', '\u007fELF'])(
    'takes %j for nothing',
    async (text) => {
      expect((await factsOf(Buffer.from(text))).facts).toBeUndefined();
    },
  );

  it('still hashes what fits neither memory nor scratch, says what the head tells, and reports it', async () => {
    const { facts, problems } = await factsOf(library, 0o755, { budget: createByteBudget(1_000) });
    expect(facts).toEqual({
      ...{ format: 'elf', size: library.length, mode: 0o755, sha256: sha256(library) },
      details: { bits: 64, byteOrder: 'little', machine: 'x86_64', type: 'shared-object' },
    });
    expect(problems).toMatchObject([{ cataloger: 'executable', path: 'usr/bin/a', code: 'too-large' }]);
    const other = await factsOf(Buffer.concat([peImage({}), library]), 0o755, { budget: createByteBudget(1_000) });
    expect(other.facts).toMatchObject({ format: 'pe', details: {} });
  });

  it('reads what does not fit memory from scratch', async () => {
    const stored: Uint8Array[] = [];
    const scratch = {
      async store(content: AsyncIterable<Uint8Array>) {
        for await (const chunk of content) stored.push(Uint8Array.from(chunk));
        const whole = Buffer.concat(stored);
        const read = async (offset: number, length: number) => whole.subarray(offset, offset + length);
        return { size: whole.length, read, close: async () => undefined };
      },
    };
    const { facts, problems } = await factsOf(library, 0o755, { budget: createByteBudget(1_000), scratch });
    expect(facts).toMatchObject({ sha256: sha256(library), details: { relro: 'none' } });
    expect(problems).toEqual([]);
  });

  it('holds one copy of a body for itself and others', async () => {
    const budget = createByteBudget(library.length);
    const both = [...catalogers, goBinaryCataloger as Cataloger];
    const { paths, problems } = await analyzeLayer(file(library), { catalogers: both, budget });
    expect(paths[0]?.facts).toHaveProperty('executable');
    expect(problems).toEqual([]);
    expect(budget.held).toBe(0);
  });

  it('ends the layer where its source breaks', async () => {
    async function* broken(): AsyncIterable<LayerEvent> {
      for await (const event of file(library)) {
        if (event.kind !== 'file') continue;
        const { peek } = event.content;
        const content = {
          peek,
          async *[Symbol.asyncIterator]() {
            yield library.subarray(0, 600);
            throw new Error('connection lost');
          },
        };
        yield { ...event, content };
      }
    }
    await expect(analyzeLayer(broken(), { catalogers })).rejects.toThrow('connection lost');
  });

  it('lists the files that are visible in the image', async () => {
    const { files } = await inventoryOf(
      [
        { 'lib/a.so': library, 'lib/b.so': library, 'lib/c.so': { link: 'a.so' }, 'lib/text': 'no executable' },
        { 'lib/b.so': null, 'lib/a.so': elfImage({}) },
      ],
      catalogers,
    );
    expect(files).toMatchObject([{ path: 'lib/a.so', layer: 1, format: 'elf', sha256: sha256(elfImage({})) }]);
  });
});
