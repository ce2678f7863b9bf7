import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { elfImage, notes } from '../../executable/elf/elf-image.test-support.ts';
import { elfNoteCataloger } from './cataloger.ts';
import { parsePackageNote } from './parse-package-note.ts';

const noted = (text: string, littleEndian = true): Uint8Array => {
  const others = [
    { owner: 'GNU', type: 3, content: Uint8Array.of(1) },
    { owner: 'FDO', type: 1, content: Buffer.from('{}') },
  ];
  const note = { owner: 'FDO', type: 0xcafe1a7e, content: Buffer.from(`${text}\0\0`) };
  const content = notes([...others, note], littleEndian);
  return elfImage({ littleEndian, sections: [{ name: '.note.package', type: 7, content }] });
};
const note = (fields: object) => noted(JSON.stringify(fields));
const inventory = (files: Record<string, Uint8Array>) => inventoryOf([files], [elfNoteCataloger as Cataloger]);

describe('elfNoteCataloger', () => {
  it('lists the package of a program under its distribution, once for all its programs', async () => {
    const fields = {
      ...{ type: 'rpm', name: 'systemd', version: '255.4-1.fc40', architecture: 'x86_64', os: 'fedora' },
      ...{
        osVersion: '40',
        osCpe: 'cpe:/o:fedoraproject:fedora:40',
        debugInfoUrl: 'https://u:p@debuginfod.example.com/',
      },
    };
    const { packages, problems } = await inventory({ 'usr/bin/a': note(fields), 'usr/bin/b': note(fields) });
    expect(packages).toMatchObject([
      {
        ...{ type: 'rpm', class: 'binary', name: 'systemd', version: '255.4-1.fc40', architecture: 'x86_64' },
        purl: 'pkg:rpm/fedora/systemd@255.4-1.fc40?arch=x86_64&distro=fedora-40',
        details: { osCpe: 'cpe:/o:fedoraproject:fedora:40', debugInfoUrl: 'https://debuginfod.example.com/' },
        occurrences: [{ path: 'usr/bin/a' }, { path: 'usr/bin/b' }],
      },
    ]);
    expect(problems).toEqual([]);
  });

  it("takes the image's distribution where the note names none, and generic for systems it does not know", async () => {
    const { packages } = await inventory({
      a: note({ type: 'deb', name: 'bash', version: '5.2-1' }),
      b: note({ type: 'conda', name: 'x', version: '1', appCpe: 'cpe:2.3:a:x:x:1:*:*:*:*:*:*:*' }),
    });
    expect(packages).toMatchObject([
      { purl: 'pkg:deb/debian/bash@5.2-1' },
      { purl: 'pkg:generic/x@1', cpes: ['cpe:2.3:a:x:x:1:*:*:*:*:*:*:*'], details: { noteType: 'conda' } },
    ]);
  });

  it('reads notes of big-endian files', async () => {
    const { packages } = await inventory({ a: noted('{"type":"rpm","name":"a","version":"1-1"}', false) });
    expect(packages).toHaveLength(1);
  });

  it('reports a note it cannot read, and says nothing of files without one', async () => {
    const { packages, problems } = await inventory({
      a: noted('{'),
      b: noted('[]'),
      c: noted('null'),
      d: elfImage({}),
    });
    expect(packages).toEqual([]);
    expect(problems.map(({ path, code }) => `${path} ${code}`)).toEqual(['a malformed', 'b malformed', 'c malformed']);
  });
});

describe('parsePackageNote', () => {
  it('reads any text without throwing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const result = parsePackageNote(text);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }),
    );
  });
});
