import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { flatpakCataloger } from './cataloger.ts';
import { parseFlatpakMetadata } from './parse-metadata.ts';
import { parseMetainfo } from './parse-metainfo.ts';

const inventory = (layer: TestLayer) => inventoryOf([layer], [flatpakCataloger as Cataloger]);
const commit = 'ab'.repeat(32);
const app = `var/lib/flatpak/app/org.gnome.Maps/x86_64/stable/${commit}`;
const runtime = `var/lib/flatpak/runtime/org.gnome.Platform/x86_64/45/${commit}`;

const metadata = `[Application]
name=org.gnome.Maps
runtime=org.gnome.Platform/x86_64/45
command=gnome-maps

[Context]
name=other
`;
const metainfo = `<?xml version="1.0" encoding="UTF-8"?>
<component type="desktop-application">
  <id>org.gnome.Maps</id>
  <name>Maps</name>
  <summary xml:lang="de">Orte finden</summary>
  <summary>Find places &amp;
    ways</summary>
  <project_license>GPL-2.0-or-later</project_license>
  <developer id="org.gnome"><name>The GNOME Project</name></developer>
  <url type="bugtracker">https://bugs.example.org</url>
  <url type="homepage">https://example.org/maps</url>
  <releases>
    <release version="46.alpha" type="development"/>
    <release version="45.5" date="2024-03-01"/>
    <release version="45.4"/>
  </releases>
</component>
`;

describe('flatpakCataloger', () => {
  it('makes packages of what is deployed, and relates an app to its runtime', async () => {
    const { packages, relationships, complete } = await inventory({
      [`${app}/metadata`]: metadata,
      [`${app}/files/share/metainfo/org.gnome.Maps.metainfo.xml`]: metainfo,
      [`${app}/files/share/metainfo/other.metainfo.xml`]: '<broken',
      [`${runtime}/metadata`]: '[Runtime]\nname=org.gnome.Platform\nruntime=org.gnome.Platform/x86_64/45\n',
      'var/lib/flatpak/app/org.gnome.Maps/x86_64/stable/active': { link: commit },
    });
    expect(packages).toMatchObject([
      {
        ...{ type: 'flatpak', class: 'os', name: 'org.gnome.Maps', version: '45.5', architecture: 'x86_64' },
        ...{ licenses: ['GPL-2.0-or-later'], supplier: 'The GNOME Project', description: 'Find places & ways' },
        ...{ homepage: 'https://example.org/maps', details: { ref: 'app', branch: 'stable', commit } },
        purl: 'pkg:flatpak/org.gnome.Maps@45.5?arch=x86_64',
      },
      { name: 'org.gnome.Platform', version: '45', details: { ref: 'runtime' } },
    ]);
    expect(relationships).toEqual([{ type: 'depends-on', from: packages[0]?.id, to: packages[1]?.id }]);
    expect(complete).toBe(true);
  });

  it('reports what cannot be read, and has the app all the same', async () => {
    const { packages, problems } = await inventory({
      [`${app}/metadata`]: metadata,
      [`${app}/export/share/metainfo/org.gnome.Maps.metainfo.xml`]: '<component><summary></component>',
      [`${runtime}/metadata`]: '[Extension x]\nname=y\n',
    });
    expect(packages).toMatchObject([{ name: 'org.gnome.Maps', version: 'stable' }]);
    expect(problems).toHaveLength(2);
    expect(problems.every(({ code }) => code === 'malformed')).toBe(true);
  });

  it('passes by files of those names elsewhere', async () => {
    const { packages, complete } = await inventory({
      'srv/metadata': metadata,
      'usr/share/metainfo/a.metainfo.xml': metainfo,
    });
    expect(packages).toEqual([]);
    expect(complete).toBe(true);
  });
});

describe('parseMetainfo', () => {
  it('throws its own error for what is no XML, or too deep', () => {
    for (const text of ['', 'text', '<a></b>', '<a>'.repeat(100)]) {
      expect(() => parseMetainfo(text)).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
    }
  });

  it('is not led astray by names that every object has', () => {
    expect(parseMetainfo('<component><constructor>x</constructor><toString>y</toString></component>')).toEqual({});
  });

  it('throws nothing but its own error on mutated files', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.nat(metainfo.length), fc.nat(10), fc.string(), (at, remove, insert) => {
        try {
          const result = parseMetainfo(metainfo.slice(0, at) + insert + metainfo.slice(at + remove));
          expect(JSON.parse(JSON.stringify(result))).toEqual(result);
        } catch (error) {
          expect(error).toMatchObject({ code: 'MALFORMED' });
        }
      }),
    );
  });
});

describe('parseFlatpakMetadata', () => {
  it('takes the group of the app alone', () => {
    expect(parseFlatpakMetadata(metadata)).toEqual({ name: 'org.gnome.Maps', runtime: 'org.gnome.Platform/x86_64/45' });
    expect(parseFlatpakMetadata('name=x\n[Runtime]\n=y\n')).toBeUndefined();
  });
});
