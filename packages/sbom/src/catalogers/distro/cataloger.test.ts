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

  it.each([
    ['enabled', true],
    ['disabled', false],
  ])('says of an Ubuntu image with ESM %s whether its support is extended', async (status, extendedSupport) => {
    const { distro } = await inventory({
      'etc/os-release': 'ID=ubuntu\nVERSION_ID="20.04"\n',
      'var/lib/ubuntu-advantage/status.json': JSON.stringify({ services: [{ name: 'esm-infra', status }] }),
    });
    expect(distro).toMatchObject({ id: 'ubuntu', versionId: '20.04', extendedSupport });
  });

  it('says nothing of support where no file does, or where the file is another distribution’s', async () => {
    const status = JSON.stringify({ services: [{ name: 'esm-infra', status: 'enabled' }] });
    const plain = await inventory({ 'etc/os-release': 'ID=ubuntu\n' });
    const debian = await inventory({ 'etc/os-release': 'ID=debian\n', 'var/lib/ubuntu-advantage/status.json': status });
    const broken = await inventory({ 'etc/os-release': 'ID=ubuntu\n', 'var/lib/ubuntu-advantage/status.json': '{' });
    for (const { distro, complete } of [plain, debian, broken]) {
      expect(distro).not.toHaveProperty('extendedSupport');
      expect(complete).toBe(true);
    }
  });

  it('goes by the codename before a release has a number', async () => {
    const { distro } = await inventory({ 'etc/debian_version': 'trixie/sid\n' });
    expect(distro).toMatchObject({ id: 'debian', versionCodename: 'trixie' });
    expect(distro).not.toHaveProperty('versionId');
  });

  it.each([
    [
      'etc/openwrt_release',
      "DISTRIB_ID='OpenWrt'\nDISTRIB_RELEASE='23.05.3'\n",
      { id: 'openwrt', versionId: '23.05.3' },
    ],
    ['etc/system-release', 'Amazon Linux release 2 (Karoo)\n', { id: 'amzn', versionId: '2' }],
    [
      'etc/SuSE-release',
      'SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n',
      { id: 'sles', versionId: '11.4' },
    ],
    [
      'aarch64-bottlerocket-linux-gnu/sys-root/usr/lib/os-release',
      'ID=bottlerocket\nVERSION_ID="1.19.0"\n',
      { id: 'bottlerocket', versionId: '1.19.0' },
    ],
  ])('reads %s', async (path, text, distro) => {
    expect((await inventory({ [path]: text })).distro).toMatchObject({ ...distro, path });
  });

  it('takes an image of BusyBox alone for what the program says, through links too', async () => {
    const program = `\x7fELF${'\0'.repeat(70_000)}BusyBox v1.36.1 (2023-05-18 22:34:17 UTC)${'\0'.repeat(100)}`;
    const linked = await inventory({ 'bin/[': program, 'bin/busybox': { hardlink: 'bin/[' } });
    expect(linked.distro).toMatchObject({ id: 'busybox', versionId: '1.36.1', path: 'bin/[' });
    const alpine = await inventory({ 'bin/busybox': program, 'etc/os-release': 'ID=alpine\n' });
    expect(alpine.distro?.id).toBe('alpine');
    expect((await inventory({ 'bin/busybox': '\x7fELF' })).distro).toBeUndefined();
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
