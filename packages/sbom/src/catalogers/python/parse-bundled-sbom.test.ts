import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBundledSbom } from './parse-bundled-sbom.ts';

const bom = (...purls: unknown[]): string =>
  JSON.stringify({ bomFormat: 'CycloneDX', components: purls.map((purl) => ({ name: 'x', purl })) });

describe('parseBundledSbom', () => {
  it('reads components by their package URL', () => {
    const text = bom(
      'pkg:rpm/almalinux/libgfortran@8.5.0-26.el8?arch=x86_64&epoch=',
      'pkg:generic/a%20b%40@1%2B2#sub',
      7,
    );
    expect(parseBundledSbom(text)).toEqual({
      kind: 'components',
      truncated: false,
      components: [
        {
          ...{ type: 'rpm', namespace: 'almalinux', name: 'libgfortran', version: '8.5.0-26.el8' },
          qualifiers: { arch: 'x86_64' },
        },
      ],
    });
  });

  it.each(['pkg:a', 'pkg:pypi/a', 'pkg:pypi/@1', 'http://x', `pkg:pypi/a@${'1'.repeat(5_000)}`])(
    'leaves out %.20s',
    (purl) => {
      expect(parseBundledSbom(bom(purl))).toMatchObject({ components: [] });
    },
  );

  it('keeps what is wrongly encoded as it is', () => {
    expect(parseBundledSbom(bom('pkg:npm/%40s/a@1%'))).toMatchObject({
      components: [{ namespace: '@s', name: 'a', version: '1%' }],
    });
  });

  it('says what it is instead', () => {
    expect(parseBundledSbom('{')).toMatchObject({ kind: 'malformed' });
    expect(parseBundledSbom('[]')).toMatchObject({ kind: 'malformed' });
    expect(parseBundledSbom('{"spdxVersion":"SPDX-2.3"}')).toMatchObject({ kind: 'unsupported' });
  });

  it('reads any JSON without throwing, into plain JSON', () => {
    const document = fc.jsonValue().map((components) => JSON.stringify({ bomFormat: 'CycloneDX', components }));
    const purl = fc.string().map((text) => bom(`pkg:${text}`));
    fc.assert(
      fc.property(fc.oneof(document, purl, fc.string()), (text) => {
        const result = parseBundledSbom(text);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }),
    );
  }, 30_000);
});
