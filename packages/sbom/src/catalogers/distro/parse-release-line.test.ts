import { describe, expect, it } from 'vitest';
import {
  parseAlpineRelease,
  parseDebianVersion,
  parseReleaseCpe,
  parseReleaseLine,
  parseSuseRelease,
} from './parse-release-line.ts';

describe('parseReleaseLine', () => {
  it.each([
    ['CentOS Linux release 7.9.2009 (Core)', 'centos', '7'],
    ['CentOS Stream release 9', 'centos', '9'],
    ['Red Hat Enterprise Linux release 8.9 (Ootpa)', 'rhel', '8.9'],
    ['Rocky Linux release 9.3 (Blue Onyx)\n', 'rocky', '9.3'],
    ['AlmaLinux release 9.3 (Shamrock Pampas Cat)', 'almalinux', '9.3'],
    ['Oracle Linux Server release 8.9', 'ol', '8.9'],
    ['Fedora release 39 (Thirty Nine)', 'fedora', '39'],
    ['Amazon Linux release 2 (Karoo)', 'amzn', '2'],
    ['Amazon Linux AMI release 2018.03', 'amzn', '2018.03'],
  ])('reads %j', (line, id, versionId) => {
    expect(parseReleaseLine(line)).toMatchObject({ id, versionId, prettyName: line.trim() });
  });

  it('is nothing for another form or a name unknown here', () => {
    for (const line of ['', 'Gentoo Base System release 2.14', 'CentOS 7'])
      expect(parseReleaseLine(line)).toBeUndefined();
  });

  it('leaves the version out where there is no number', () => {
    expect(parseReleaseLine('Fedora release Rawhide')).toEqual({
      ...{ id: 'fedora', name: 'Fedora', prettyName: 'Fedora release Rawhide' },
    });
  });
});

describe('parseDebianVersion', () => {
  it('takes the major version of a release, as os-release has it', () => {
    expect(parseDebianVersion('12.5\n')).toMatchObject({ id: 'debian', versionId: '12' });
  });

  it('takes the codename before a release', () => {
    expect(parseDebianVersion('trixie/sid\n')).toEqual({
      ...{ id: 'debian', name: 'Debian GNU/Linux', versionCodename: 'trixie' },
    });
    expect(parseDebianVersion('')).toBeUndefined();
  });
});

describe('parseAlpineRelease', () => {
  it('is the version alone', () => {
    expect(parseAlpineRelease('3.20.1\n')).toMatchObject({ id: 'alpine', versionId: '3.20.1' });
    expect(parseAlpineRelease('3.21.0_alpha20240923\n')?.versionId).toBe('3.21.0_alpha20240923');
    expect(parseAlpineRelease('edge\n')).toBeUndefined();
  });
});

describe('parseReleaseCpe', () => {
  it.each([
    ['cpe:/o:amazon:linux:2018.03:ga', 'amzn', '2018.03'],
    ['cpe:2.3:o:amazon:amazon_linux:2', 'amzn', '2'],
    ['cpe:/o:centos:linux:6:GA', 'centos', '6'],
    ['cpe:/o:redhat:enterprise_linux:7.9:GA:server', 'rhel', '7.9'],
  ])('reads %j', (cpeName, id, versionId) => {
    expect(parseReleaseCpe(`${cpeName}\n`)).toEqual({ id, versionId, cpeName });
  });

  it('is nothing for a vendor unknown here or a CPE of no operating system', () => {
    for (const text of ['', 'cpe:/o:constructor:x:1', 'cpe:/a:redhat:x:1'])
      expect(parseReleaseCpe(text)).toBeUndefined();
  });
});

describe('parseSuseRelease', () => {
  it.each([
    ['openSUSE 13.1 (x86_64)\nVERSION = 13.1\nCODENAME = Bottle\n', 'opensuse', '13.1', 'openSUSE'],
    [
      'SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n',
      ...['sles', '11.4', 'SUSE Linux Enterprise Server'],
    ],
    [
      'SUSE Linux Enterprise Server 12 (x86_64)\nVERSION = 12\nPATCHLEVEL = 0\n',
      'sles',
      '12',
      'SUSE Linux Enterprise Server',
    ],
  ])('reads %j', (text, id, versionId, name) => {
    expect(parseSuseRelease(text)).toMatchObject({ id, versionId, name });
  });

  it('is nothing for another name', () => {
    expect(parseSuseRelease('Mandriva 1\nVERSION = 1\n')).toBeUndefined();
    expect(parseSuseRelease('openSUSE Tumbleweed\n')).toEqual({
      ...{ id: 'opensuse', name: 'openSUSE Tumbleweed', prettyName: 'openSUSE Tumbleweed' },
    });
  });
});
