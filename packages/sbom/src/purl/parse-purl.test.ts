import fc from 'fast-check';
import { PackageURL } from 'packageurl-js';
import { describe, expect, it } from 'vitest';
import { canonicalPurl, type PurlParts } from './canonical-purl.ts';
import { parsePurl } from './parse-purl.ts';

describe('parsePurl', () => {
  it('takes a package URL apart', () => {
    expect(parsePurl('pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64&distro=debian-12')).toEqual({
      ...{ type: 'deb', namespace: 'debian', name: 'attr', version: '1:2.4.47-2+b1' },
      qualifiers: { arch: 'amd64', distro: 'debian-12' },
    });
  });

  it.each([
    ['pkg:npm/@scope/name', { namespace: '@scope', name: 'name' }],
    ['pkg:npm/@scope/name@1.0.0', { namespace: '@scope', name: 'name', version: '1.0.0' }],
    ['pkg:brew/python@3.12@3.12.1', { name: 'python@3.12', version: '3.12.1' }],
    ['pkg:golang/example.com/a@feature%2Fx', { namespace: 'example.com', name: 'a', version: 'feature/x' }],
  ])('tells scope, name and version apart in %s', (text, expected) => {
    expect(parsePurl(text)).toMatchObject(expected);
  });

  it.each([
    ['', 'nothing'],
    ['pkg:', 'no type'],
    ['npm/a@1', 'no scheme'],
    ['pkg:npm/a%2', 'half an escape'],
    ['pkg:npm/a@%ff', 'bytes that are no UTF-8'],
    ['pkg:npm/a%2Fb/c', 'a hidden slash'],
    ['pkg:npm/a?x=1&x=2', 'a qualifier twice'],
    ['pkg:npm/a?x', 'a qualifier without a value'],
    ['pkg:npm/a?=1', 'a qualifier without a key'],
    ['pkg:npm/a#%2', 'half an escape in the subpath'],
    [`pkg:npm/${'a'.repeat(5_000)}`, 'too much'],
  ])('does not read %s: %s', (text) => {
    expect(parsePurl(text)).toBeUndefined();
  });

  it('takes what tools write against the rules only where asked', () => {
    expect(parsePurl('pkg:golang/stdlib@1.22.1')).toBeUndefined();
    expect(parsePurl('pkg:golang/stdlib@1.22.1', { lenient: true })).toMatchObject({
      name: 'stdlib',
      version: '1.22.1',
    });
    expect(parsePurl('pkg:gem/a@1?Platform=java&x', { lenient: true })).toMatchObject({
      qualifiers: { platform: 'java' },
    });
  });

  it('keeps no steps out of the package in a subpath', () => {
    expect(parsePurl('pkg:npm/a#../b/./c//')).toMatchObject({ subpath: 'b/c' });
  });

  it('reads back whatever is written, as another implementation does', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((value) => !/[\s/]/.test(value));
    // The other implementation decodes these twice.
    const value = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !text.includes('%'));
    const key = fc.stringMatching(/^[a-z][a-z0-9._-]{0,8}$/);
    const parts: fc.Arbitrary<PurlParts> = fc.record(
      {
        ...{ type: fc.constantFrom('generic', 'nim'), name: text, version: text },
        namespace: fc.array(text, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('/')),
        qualifiers: fc.dictionary(key, value, { noNullPrototype: true }),
      },
      { requiredKeys: ['type', 'name', 'qualifiers'] },
    );
    fc.assert(
      fc.property(parts, (purl) => {
        const written = canonicalPurl(purl);
        expect(parsePurl(written)).toEqual(purl);
        const { namespace, version } = PackageURL.fromString(written);
        expect({ namespace, version }).toEqual({ namespace: purl.namespace, version: purl.version });
      }),
    );
  });

  it('never throws', () => {
    const mutated = fc
      .tuple(fc.constantFrom('pkg:npm/%40a/b@1?c=d#e', 'pkg:deb/debian/a@1:2?arch=x'), fc.nat(24), fc.string())
      .map(([text, at, more]) => text.slice(0, at) + more + text.slice(at));
    fc.assert(
      fc.property(fc.oneof(fc.string(), mutated), fc.boolean(), (text, lenient) => void parsePurl(text, { lenient })),
    );
  });
});
