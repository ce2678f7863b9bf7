import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeLayerPath } from './normalize-layer-path.ts';

describe('normalizeLayerPath', () => {
  it.each([
    ['usr/bin/sh', 'usr/bin/sh'],
    ['./usr/bin/', 'usr/bin'],
    ['/etc//passwd', 'etc/passwd'],
    ['a/./b/../c', 'a/c'],
    ['..a/...', '..a/...'],
    ['.hidden', '.hidden'],
    ['./', ''],
    ['a/..', ''],
    ['a\\b', 'a\\b'],
  ])('brings %j to %j', (raw, path) => {
    expect(normalizeLayerPath(raw)).toEqual({ path });
  });

  it.each([
    ['../etc/passwd', /leaves/],
    ['a/../../etc', /leaves/],
    ['/..', /leaves/],
    ['a\0b', /zero byte/],
    ['n'.repeat(65_536), /longer than 4096 bytes/],
    ['é'.repeat(2100), /longer than 4096 bytes/],
    ['a/'.repeat(300), /more than 256 names/],
  ])('has no path for %.20j', (raw, problem) => {
    expect(normalizeLayerPath(raw).problem).toMatch(problem);
  });

  it('takes other limits', () => {
    expect(normalizeLayerPath('a/b/c', { pathBytes: 100, pathDepth: 2 }).problem).toMatch(/more than 2 names/);
    expect(normalizeLayerPath('abc', { pathBytes: 2, pathDepth: 2 }).problem).toMatch(/2 bytes/);
  });

  it('gives a path that stays as it is and never leaves the root, for any text', () => {
    const names = fc.constantFrom('..', '.', '', 'a', '.b', 'c..', 'é', 'd\0');
    fc.assert(
      fc.property(fc.array(names, { maxLength: 12 }), (parts) => {
        const { path } = normalizeLayerPath(parts.join('/'));
        if (path === undefined) return;
        expect(normalizeLayerPath(path)).toEqual({ path });
        expect(path === '' || path.split('/').every((name) => !['', '.', '..'].includes(name))).toBe(true);
      }),
    );
  });
});
