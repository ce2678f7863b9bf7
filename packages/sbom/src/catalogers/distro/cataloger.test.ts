import { describe, expect, it } from 'vitest';
import { inventoryOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { distroCataloger } from './cataloger.ts';

const inventory = (...layers: TestLayer[]) => inventoryOf(layers, [distroCataloger as Cataloger]);

describe('distroCataloger', () => {
  it('reads os-release through the link that most images have, and names the real file and its layer', async () => {
    const { distro } = await inventory(
      { 'etc/os-release': { link: '../usr/lib/os-release' }, 'usr/lib/os-release': 'ID=debian\nVERSION_ID="11"\n' },
      { 'usr/lib/os-release': 'ID=debian\nVERSION_ID="12"\n' },
    );
    expect(distro).toEqual({ id: 'debian', versionId: '12', path: 'usr/lib/os-release', layer: 1 });
  });

  it('reads os-release behind a link to a name nobody knows', async () => {
    const { distro, complete } = await inventory({
      'etc/os-release': { link: '/nix/store/abc/release' },
      'nix/store/abc/release': 'ID=nixos\n',
    });
    expect(distro).toMatchObject({ id: 'nixos', path: 'nix/store/abc/release' });
    expect(complete).toBe(true);
  });

  it('trusts os-release more than what a derivative keeps from its parent', async () => {
    const { distro } = await inventory({
      'etc/debian_version': 'bookworm/sid\n',
      'usr/lib/os-release': 'ID=ubuntu\nVERSION_ID="22.04"\n',
    });
    expect(distro).toMatchObject({ id: 'ubuntu', versionId: '22.04' });
  });

  it('goes on to older files where os-release says nothing', async () => {
    const { distro } = await inventory({ 'etc/os-release': '\n', 'etc/alpine-release': '3.4.6\n' });
    expect(distro).toMatchObject({ id: 'alpine', versionId: '3.4.6', path: 'etc/alpine-release' });
  });

  it('finds none in an image without release files', async () => {
    const { distro, complete } = await inventory({ app: 'x' });
    expect(distro).toBeUndefined();
    expect(complete).toBe(true);
  });

  it('reports a release file of absurd size', async () => {
    const { distro, problems } = await inventory({ 'etc/os-release': `ID=x\n${'#'.repeat(70_000)}` });
    expect(distro).toBeUndefined();
    expect(problems).toMatchObject([{ cataloger: 'distro', path: 'etc/os-release', code: 'too-large' }]);
  });
});
