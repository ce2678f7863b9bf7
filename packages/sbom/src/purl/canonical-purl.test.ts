import fc from 'fast-check';
import { PackageURL } from 'packageurl-js';
import { describe, expect, it } from 'vitest';
import { canonicalPurl } from './canonical-purl.ts';

describe('canonicalPurl', () => {
  // Inputs and outputs of purl-spec's own build tests (tests/types/TYPE-test.json).
  it.each([
    [
      { type: 'deb', namespace: 'debian', name: 'attr', version: '1:2.4.47-2+b1', qualifiers: { arch: 'amd64' } },
      'pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64',
    ],
    [
      { type: 'npm', namespace: '@angular', name: 'animation', version: '12.3.1' },
      'pkg:npm/%40angular/animation@12.3.1',
    ],
    [
      {
        ...{ type: 'oci', name: 'debian', version: 'sha256:244fd47e07d10' },
        qualifiers: { tag: 'latest', repository_url: 'docker.io/library/debian', arch: 'amd64' },
      },
      'pkg:oci/debian@sha256:244fd47e07d10?arch=amd64&repository_url=docker.io%2Flibrary%2Fdebian&tag=latest',
    ],
    [
      {
        ...{ type: 'npm', name: 'mypackage', version: '12.4.5' },
        qualifiers: { vcs_url: 'git://host.com/path/to/repo.git@4345abcd34343' },
      },
      'pkg:npm/mypackage@12.4.5?vcs_url=git:%2F%2Fhost.com%2Fpath%2Fto%2Frepo.git%404345abcd34343',
    ],
  ])('writes %j', (parts, purl) => {
    expect(canonicalPurl(parts)).toBe(purl);
  });

  it('leaves out what is empty and encodes what a URL would take for syntax', () => {
    expect(
      canonicalPurl({ type: 'generic', namespace: '/a//b/', name: 'x/y?z', qualifiers: { a: '', b: undefined } }),
    ).toBe('pkg:generic/a/b/x%2Fy%3Fz');
    expect(canonicalPurl({ type: 'generic', name: "~!'()*", version: '' })).toBe('pkg:generic/~%21%27%28%29%2A');
  });

  it('is read back by another implementation, whatever a package is called', () => {
    // That one trims what it reads, refuses empty names, and takes no type for `generic`.
    const text = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 20 })
      .filter((value) => value.trim() === value && value.isWellFormed());
    const version = fc.option(text, { nil: undefined });
    const qualifiers = fc
      .dictionary(fc.constantFrom('arch', 'distro', 'upstream'), text)
      .map((entries) => ({ ...entries }));
    fc.assert(
      fc.property(text, version, qualifiers, (name, stated, more) => {
        const parts = { type: 'generic', name, version: stated, qualifiers: more };
        const read = PackageURL.fromString(canonicalPurl(parts));
        expect({ type: read.type, name: read.name, version: read.version, qualifiers: { ...read.qualifiers } }).toEqual(
          parts,
        );
      }),
    );
  });

  it('gives a purl for text that is not well-formed', () => {
    expect(canonicalPurl({ type: 'generic', name: 'a\ud800' })).toBe('pkg:generic/a%EF%BF%BD');
  });
});
