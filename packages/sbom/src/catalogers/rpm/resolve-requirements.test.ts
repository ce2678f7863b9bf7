import { describe, expect, it } from 'vitest';
import { hashOwnedPath } from '../owned-path.ts';
import { type RequiringPackage, resolveRequirements } from './resolve-requirements.ts';

const pkg = (
  name: string,
  more: Partial<Omit<RequiringPackage, 'paths'>> & { files?: string[] } = {},
): RequiringPackage => {
  const { files = [], ...others } = more;
  const paths = new BigUint64Array(files.map(hashOwnedPath));
  return { ...{ name, architecture: 'x86_64', provides: [], requires: [], paths }, ...others };
};

describe('resolveRequirements', () => {
  it('finds who provides a name, the package of that name among them', () => {
    const packages = [pkg('a', { requires: ['b', 'cap(c)', 'nobody'] }), pkg('b'), pkg('c', { provides: ['cap(c)'] })];
    expect(resolveRequirements(packages)).toEqual([[1, 2], [], []]);
  });

  it('finds who owns a required file, by both names that it has where directories are merged', () => {
    const packages = [
      pkg('a', { requires: ['/usr/bin/perl', '/bin/sh', '/sbin/other', '/bin/named'] }),
      pkg('perl', { files: ['usr/bin/perl'] }),
      pkg('bash', { files: ['usr/bin/sh', 'usr/bin/named'] }),
      pkg('named', { provides: ['/bin/named'] }),
    ];
    expect(resolveRequirements(packages)[0]).toEqual([1, 2, 3]);
  });

  it('prefers the own architecture, and else takes the first', () => {
    const packages = [
      pkg('app', { requires: ['lib'] }),
      pkg('app32', { architecture: 'i686', requires: ['lib'] }),
      pkg('script', { architecture: 'noarch', requires: ['lib'] }),
      pkg('lib', { architecture: 'i686' }),
      pkg('lib'),
    ];
    expect(resolveRequirements(packages).slice(0, 3)).toEqual([[4], [3], [3]]);
  });

  it('leaves out what a package provides itself', () => {
    expect(
      resolveRequirements([pkg('a', { provides: ['x'], requires: ['x', 'a'] }), pkg('b', { provides: ['x'] })]),
    ).toEqual([...[[], []]]);
  });

  it('takes the first alternative that is there', () => {
    const packages = [pkg('a', { requires: ['(x or b or c)'] }), pkg('b'), pkg('c')];
    expect(resolveRequirements(packages)[0]).toEqual([1]);
  });
});
