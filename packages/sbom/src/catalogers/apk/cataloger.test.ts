import { describe, expect, it } from 'vitest';
import { inventoryOf, placesOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { distroCataloger } from '../distro/cataloger.ts';
import { npmCataloger } from '../npm/cataloger.ts';
import { apkCataloger } from './cataloger.ts';

const catalogers = [apkCataloger, distroCataloger, npmCataloger] as unknown as readonly Cataloger[];
const inventory = (...layers: TestLayer[]) => inventoryOf(layers, catalogers);
const database = 'lib/apk/db/installed';

describe('apkCataloger', () => {
  it('makes packages with source, licence and purl, related to each other', async () => {
    const { packages, relationships, complete } = await inventory({
      'etc/os-release': 'ID=alpine\nVERSION_ID=3.20.1\n',
      [database]:
        'P:libssl3\nV:3.3.1-r3\nA:x86_64\nL:Apache-2.0\no:openssl\nC:Q1abc=\nD:musl\n\nP:musl\nV:1.2.5-r0\nA:x86_64\n',
    });
    expect(packages).toMatchObject([
      {
        ...{ type: 'apk', class: 'os', name: 'libssl3', version: '3.3.1-r3', licenses: ['Apache-2.0'] },
        ...{ source: { name: 'openssl' }, details: { checksum: 'Q1abc=' } },
        purl: 'pkg:apk/alpine/libssl3@3.3.1-r3?arch=x86_64&distro=alpine-3.20.1&upstream=openssl',
      },
      { name: 'musl', purl: 'pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.1' },
    ]);
    expect(relationships).toEqual([{ type: 'depends-on', from: packages[0]?.id, to: packages[1]?.id }]);
    expect(complete).toBe(true);
  });

  it('reads each of the three places, once where one is a link to another', async () => {
    for (const path of ['usr/lib/apk/db/installed', 'var/lib/apk/db/installed']) {
      expect(placesOf(await inventory({ [path]: 'P:a\nV:1\n' }))).toMatchObject([{ name: 'a', path }]);
    }
    const linked = await inventory({ lib: { link: 'usr/lib' }, 'usr/lib/apk/db/installed': 'P:a\nV:1\n' });
    expect(placesOf(linked)).toEqual([{ name: 'a', path: 'usr/lib/apk/db/installed', layer: 0, introducedIn: 0 }]);
  });

  it('says which layer first had each package at this version', async () => {
    const result = await inventory({ [database]: 'P:a\nV:1\n\nP:b\nV:1\n' }, { [database]: 'P:a\nV:1\n\nP:b\nV:2\n' });
    expect(placesOf(result).map(({ name, introducedIn }) => [name, introducedIn])).toEqual([
      ['a', 0],
      ['b', 1],
    ]);
  });

  it('marks what other catalogers find in the files it owns, whichever way a path is written', async () => {
    const { packages } = await inventory({
      bin: { link: 'usr/bin' },
      'usr/bin': { directory: true },
      [database]: 'P:nodejs\nV:20\nF:usr/lib/node_modules/npm\nR:package.json\n',
      'usr/lib/node_modules/npm/package.json': '{"name":"npm","version":"10.8.0"}',
      'srv/package.json': '{"name":"app","version":"1.0.0"}',
    });
    const [nodejs, app, npm] = packages;
    expect(npm?.occurrences).toMatchObject([{ ownedBy: nodejs?.id }]);
    expect(app?.occurrences[0]).not.toHaveProperty('ownedBy');
  });

  it('marks what nobody asked for, where the image says what somebody asked for', async () => {
    const database = 'P:nginx\nV:1\nD:pcre\n\nP:pcre\nV:1\n';
    const flags = async (layer: TestLayer) =>
      (await inventory(layer)).packages.map(({ name, details }) => [name, details.autoInstalled]);
    expect(await flags({ 'lib/apk/db/installed': database, 'etc/apk/world': 'nginx>=1\n' })).toEqual([
      ['nginx', undefined],
      ['pcre', true],
    ]);
    expect(await flags({ 'lib/apk/db/installed': database })).toEqual([
      ['nginx', undefined],
      ['pcre', undefined],
    ]);
  });

  it('reads the database of a system that the image carries, and its paths as the image has them', async () => {
    const { packages } = await inventory({
      'srv/rootfs/usr/lib/apk/db/installed': 'P:nodejs\nV:20\nF:usr/lib/npm\nR:package.json\n',
      'srv/rootfs/usr/lib/npm/package.json': '{"name":"npm","version":"10.8.0"}',
      'usr/share/other/db/installed': 'P:not-a-package\nV:1\n',
      'srv/world': 'x',
    });
    const [nodejs, npm] = packages;
    expect(packages).toHaveLength(2);
    expect(npm?.occurrences).toMatchObject([{ ownedBy: nodejs?.id }]);
  });

  it('reports a broken block and keeps the others', async () => {
    const { packages, problems } = await inventory({ [database]: 'V:1\n\nP:a\nV:1\n' });
    expect(packages).toHaveLength(1);
    expect(problems).toMatchObject([{ cataloger: 'apk', path: database, code: 'malformed' }]);
  });
});
