import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, placesOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { nixCataloger } from './cataloger.ts';
import { parseNixStorePath } from './parse-store-path.ts';

const hash = '0c7c96gikmzv87i7lv3vq5s1cmfjd6zf';
const inventory = (...layers: TestLayer[]) => inventoryOf(layers, [nixCataloger as Cataloger]);

describe('nixCataloger', () => {
  it('makes a package of each directory in the store, and of nothing else there', async () => {
    const result = await inventory(
      {
        [`nix/store/${hash}-glibc-2.38-44`]: { directory: true },
        [`nix/store/${hash}-glibc-2.38-44/lib/libc.so.6`]: 'ELF',
        [`nix/store/${hash}-curl-8.7.1.drv`]: 'Derive(',
        [`nix/store/${hash}-source`]: { directory: true },
        [`srv/store/${hash}-other-1`]: { directory: true },
      },
      { [`nix/store/${hash}-curl-8.7.1-bin`]: { directory: true } },
    );
    expect(result.packages).toMatchObject([
      {
        ...{ type: 'nix', class: 'os', name: 'curl', version: '8.7.1', details: { output: 'bin', outputHash: hash } },
        purl: `pkg:nix/curl@8.7.1?output=bin&outputhash=${hash}`,
      },
      { name: 'glibc', purl: `pkg:nix/glibc@2.38-44?outputhash=${hash}` },
    ]);
    expect(placesOf(result)[0]).toMatchObject({ path: `nix/store/${hash}-curl-8.7.1-bin`, layer: 1, introducedIn: 1 });
  });

  it('leaves out what a higher layer removed', async () => {
    const path = `nix/store/${hash}-a-1`;
    const { packages } = await inventory({ [path]: { directory: true } }, { [path]: null });
    expect(packages).toEqual([]);
  });
});

describe('parseNixStorePath', () => {
  it.each([
    ['hello-2.12.1', { name: 'hello', version: '2.12.1' }],
    ['python3.11-requests-2.31.0', { name: 'python3.11-requests', version: '2.31.0' }],
    ['glibc-2.38-44', { name: 'glibc', version: '2.38-44' }],
    ['openssl-3.0.13-man', { name: 'openssl', version: '3.0.13', output: 'man' }],
    ['x-unstable-2023-01-01', { name: 'x-unstable', version: '2023-01-01' }],
  ])('reads %s', (name, parts) => {
    expect(parseNixStorePath(`${hash}-${name}`)).toEqual({ hash, ...parts });
  });

  it.each([
    `${hash}-source`,
    `${hash}-1.0`,
    `${hash.slice(1)}-a-1`,
    `${'e'.repeat(32)}-a-1`,
    '',
    `${hash}-${'a'.repeat(300)}-1`,
  ])('finds none in %j', (name) => {
    expect(parseNixStorePath(name)).toBeUndefined();
  });

  it('gives name and version of what it cuts', () => {
    const part = fc.stringMatching(/^[a-z+._?=-]{1,20}$/);
    fc.assert(
      fc.property(part, fc.stringMatching(/^[0-9][a-z0-9._-]{0,20}$/), (name, version) => {
        const { name: first, version: rest, output } = parseNixStorePath(`${hash}-${name}-${version}`) ?? {};
        expect(`${first}-${rest}${output === undefined ? '' : `-${output}`}`).toBe(`${name}-${version}`);
      }),
    );
  });
});
