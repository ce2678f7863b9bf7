import { describe, expect, it } from 'vitest';
import { readMarker } from './whiteout.ts';

describe('readMarker', () => {
  it.each([
    ['.wh.gone', { kind: 'whiteout', path: 'gone' }],
    ['a/b/.wh.gone', { kind: 'whiteout', path: 'a/b/gone' }],
    ['a/.wh.x.wh.y', { kind: 'whiteout', path: 'a/x.wh.y' }],
    ['.wh..hidden', { kind: 'whiteout', path: '.hidden' }],
    ['.wh..wh..opq', { kind: 'opaque', path: '' }],
    ['a/b/.wh..wh..opq', { kind: 'opaque', path: 'a/b' }],
    ['.wh..wh.plnk', { kind: 'ignored' }],
    ['.wh..wh.plnk/12.34', { kind: 'ignored' }],
    ['.wh..wh.aufs', { kind: 'ignored' }],
    ['a/.wh..wh.orph', { kind: 'ignored' }],
  ])('reads %s', (path, marker) => {
    expect(readMarker(path)).toEqual(marker);
  });

  it.each(['.wh.', 'a/.wh..', 'a/.wh...'])('finds no name to remove in %s', (path) => {
    expect(readMarker(path)).toMatchObject({ kind: 'problem' });
  });

  it.each(['a', 'a/x.wh.y', '.whx', 'a/.wh.dir/file', 'usr/.wh..wh.odd/file'])('leaves %s alone', (path) => {
    expect(readMarker(path)).toBeUndefined();
  });
});
