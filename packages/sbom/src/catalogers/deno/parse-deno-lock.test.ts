import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { denoLockCataloger } from './cataloger.ts';
import { parseDenoLock } from './parse-deno-lock.ts';

const hex = 'ab'.repeat(32);
const sha512 = Buffer.alloc(64, 1);
const integrity = `sha512-${sha512.toString('base64')}`;

const version4 = {
  version: '4',
  specifiers: { 'jsr:@std/path@1': '1.0.8', 'npm:a@^1.0.0': '1.0.0_b@2.0.0' },
  jsr: {
    '@std/fs@1.0.0': { integrity: hex, dependencies: ['jsr:@std/path@1', 'npm:a@^1.0.0'] },
    '@std/path@1.0.8': { integrity: hex },
  },
  npm: {
    'a@1.0.0_b@2.0.0': { integrity, dependencies: ['b'] },
    'b@2.0.0': { integrity, dependencies: ['c@1.0.0'] },
    'c@1.0.0': { integrity },
    'c@2.0.0': { integrity },
  },
  remote: { 'https://deno.land/x/y.ts': hex },
};

const version3 = {
  version: '3',
  packages: {
    specifiers: { 'jsr:@std/path@1': 'jsr:@std/path@1.0.8' },
    jsr: { '@std/path@1.0.8': { integrity: hex }, '@std/fs@1.0.0': { dependencies: ['jsr:@std/path@1'] } },
    npm: { 'a@1.0.0': { integrity, dependencies: { b: 'b@2.0.0' } }, 'b@2.0.0': { integrity, dependencies: {} } },
  },
};

const needsOf = (lock: object): string[] => {
  const result = parseDenoLock(JSON.stringify(lock));
  if (result.kind !== 'packages') throw new Error(result.reason);
  return result.packages.map(({ key, dependsOn }) => `${key} > ${(dependsOn ?? []).join(' ')}`);
};

describe('parseDenoLock', () => {
  it('reads version 4 with both registries', () => {
    expect(needsOf(version4)).toEqual([
      'npm:a@1.0.0 > npm:b@2.0.0',
      'npm:b@2.0.0 > npm:c@1.0.0',
      'npm:c@1.0.0 > ',
      'npm:c@2.0.0 > ',
      'jsr:@std/fs@1.0.0 > jsr:@std/path@1.0.8 npm:a@1.0.0',
      'jsr:@std/path@1.0.8 > ',
    ]);
  });

  it('reads versions 3 and 2', () => {
    expect(needsOf(version3)).toEqual([
      ...['npm:a@1.0.0 > npm:b@2.0.0', 'npm:b@2.0.0 > ', 'jsr:@std/path@1.0.8 > '],
      'jsr:@std/fs@1.0.0 > jsr:@std/path@1.0.8',
    ]);
    const { npm } = version3.packages;
    expect(needsOf({ version: '2', npm: { specifiers: {}, packages: npm } })).toEqual([
      ...['npm:a@1.0.0 > npm:b@2.0.0', 'npm:b@2.0.0 > '],
    ]);
  });

  it('says what is none', () => {
    expect(parseDenoLock('{').kind).toBe('malformed');
    expect(parseDenoLock('{}')).toEqual({ kind: 'malformed', reason: 'no lock file of Deno' });
  });

  it('reads any text and any part of a lock file without throwing, into plain JSON', () => {
    const text = JSON.stringify(version4);
    const mutated = fc
      .tuple(fc.nat(text.length), fc.nat(20), fc.constantFrom('', '"', '[', '{', ',', '@', '_'))
      .map(([at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut));
    const odd = fc
      .jsonValue()
      .map((value) => JSON.stringify({ version: '4', npm: value, jsr: value, specifiers: value }));
    fc.assert(
      fc.property(fc.oneof(mutated, odd, fc.string({ unit: 'binary' })), (input) => {
        const result = parseDenoLock(input);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }),
    );
  }, 30_000);
});

describe('denoLockCataloger', () => {
  it('declares packages of npm and JSR with their hashes', async () => {
    const layer = { 'srv/deno.lock': JSON.stringify(version4), 'deno.lock': '!', 'a/deno.lock': ' '.repeat(33 << 20) };
    const { packages, problems } = await inventoryOf([layer], [denoLockCataloger as Cataloger]);
    expect(packages.find(({ name }) => name === 'fs')).toMatchObject({
      ...{ type: 'jsr', namespace: '@std', purl: 'pkg:jsr/%40std/fs@1.0.0', scope: 'declared' },
      hashes: [{ algorithm: 'SHA-256', content: hex }],
    });
    expect(packages.find(({ name }) => name === 'b')).toMatchObject({
      ...{ type: 'npm', hashes: [{ algorithm: 'SHA-512', content: sha512.toString('hex') }] },
    });
    expect(problems.map(({ code }) => code)).toEqual(['too-large', 'malformed']);
  });
});
