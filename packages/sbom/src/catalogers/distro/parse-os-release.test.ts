import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAssignments } from './parse-assignments.ts';
import { parseLsbRelease, parseOsRelease } from './parse-os-release.ts';

describe('parseAssignments', () => {
  it.each([
    ['A=bare', 'bare'],
    ["A='single $x \\\\n'", 'single $x \\\\n'],
    ['A="double \\"quoted\\" \\$5 \\`x\\` back\\\\slash"', 'double "quoted" $5 `x` back\\slash'],
    ['A="keeps \\n as written"', 'keeps \\n as written'],
    ['A=one\\ word', 'one word'],
    ['A=cut here', 'cut'],
    ['A="joined"\'up\'', 'joinedup'],
    ['A=', ''],
    ['A="never closed', 'never closed'],
    ['  A=indented', 'indented'],
    ['A=x\r', 'x'],
  ])('reads %j', (line, value) => {
    expect(parseAssignments(`${line}\n`).get('A')).toBe(value);
  });

  it('passes over comments and lines that assign nothing, and lets the last assignment win', () => {
    const values = parseAssignments('# A=comment\nnot an assignment\n=nothing\n1A=x\nB=1\nB=2\n');
    expect(Array.from(values)).toEqual([['B', '2']]);
  });

  it('reads back any value that is quoted as os-release(5) asks', () => {
    const value = fc.string({ unit: 'grapheme' }).filter((text) => !/[\p{Cc}]/u.test(text) && text.trim() === text);
    fc.assert(
      fc.property(value, (text) => {
        const quoted = text.replace(/["\\$`]/g, (character) => `\\${character}`);
        expect(parseAssignments(`KEY="${quoted}"`).get('KEY')).toBe(text);
      }),
    );
  });
});

describe('parseOsRelease', () => {
  it('reads a released distribution', () => {
    const text = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
`;
    expect(parseOsRelease(text)).toEqual({
      id: 'debian',
      name: 'Debian GNU/Linux',
      prettyName: 'Debian GNU/Linux 12 (bookworm)',
      versionId: '12',
      versionCodename: 'bookworm',
    });
  });

  it('splits ID_LIKE and keeps what rolling releases and variants add', () => {
    const text = 'ID=Foo\nID_LIKE="rhel  fedora"\nBUILD_ID=2026.01\nVARIANT_ID=minimal\nCPE_NAME="cpe:/o:foo:foo:1"\n';
    expect(parseOsRelease(text)).toEqual({
      ...{ id: 'foo', idLike: ['rhel', 'fedora'], buildId: '2026.01', variantId: 'minimal' },
      cpeName: 'cpe:/o:foo:foo:1',
    });
  });

  it('is linux where a name is given without an id, as os-release(5) says', () => {
    expect(parseOsRelease('NAME=Mine\n')).toEqual({ id: 'linux', name: 'Mine' });
  });

  it('is nothing for a file that names nothing', () => {
    expect(parseOsRelease('')).toBeUndefined();
    expect(parseOsRelease('ID=""\nHOME_URL=https://example.com\n')).toBeUndefined();
  });
});

describe('parseLsbRelease', () => {
  it('reads the names that Ubuntu uses', () => {
    const text =
      'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\nDISTRIB_CODENAME=jammy\nDISTRIB_DESCRIPTION="Ubuntu 22.04 LTS"\n';
    expect(parseLsbRelease(text)).toEqual({
      ...{ id: 'ubuntu', name: 'Ubuntu', prettyName: 'Ubuntu 22.04 LTS', versionId: '22.04', versionCodename: 'jammy' },
    });
    expect(parseLsbRelease('LSB_VERSION=1\n')).toBeUndefined();
  });
});
