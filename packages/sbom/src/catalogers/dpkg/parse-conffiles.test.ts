import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConffiles } from './parse-conffiles.ts';

const md5 = '79e3ba1e6a5b3a3d1a0ef9a3e2c0ae25';

describe('parseConffiles', () => {
  it('reads paths with spaces, states, and what has no digest yet', () => {
    const field = `/etc/a.conf ${md5} /etc/with space ${md5} obsolete /etc/new newconffile /etc/c ${md5} remove-on-upgrade`;
    expect(parseConffiles(field)).toEqual([
      { path: 'etc/a.conf', md5 },
      { path: 'etc/with space', md5, obsolete: true },
      { path: 'etc/new' },
      { path: 'etc/c', md5 },
    ]);
  });

  it('is empty for what has no digest, or no absolute path', () => {
    for (const field of ['', md5, '/etc/a', `obsolete ${md5}`, `relative ${md5}`]) {
      expect(parseConffiles(field)).toEqual([]);
    }
  });

  it('reads back what dpkg writes, whatever the paths', () => {
    const path = fc.string({ unit: fc.constantFrom('a', ' ', '/', '.', '-'), minLength: 1 }).filter((text) => {
      return text === text.trim() && !text.startsWith('/') && !/ {2}/.test(text);
    });
    fc.assert(
      fc.property(fc.array(path), (paths) => {
        const field = paths.map((name) => `/${name} ${md5}`).join(' ');
        expect(parseConffiles(field).map((conffile) => conffile.path)).toEqual(paths);
      }),
    );
  });
});
