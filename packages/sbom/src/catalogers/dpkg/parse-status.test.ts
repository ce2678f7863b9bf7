import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLines } from '../text/read-lines.ts';
import { parseRelations } from './parse-relations.ts';
import { createDpkgStatusParser, type DpkgStatus, maxDpkgPackages, parseDpkgStatus } from './parse-status.ts';

const adduser = `Package: adduser
Status: install ok installed
Priority: important
Section: admin
Installed-Size: 686
Maintainer: Debian Adduser Developers <adduser@packages.debian.org>
Architecture: all
Multi-Arch: foreign
Version: 3.134
Depends: passwd (>= 1:4.13+dfsg1-1~), debconf (>= 0.5) | debconf-2.0,
 libc6:any
Conffiles:
 /etc/adduser.conf 79e3ba1e6a5b3a3d1a0ef9a3e2c0ae25
 /etc/deluser.conf 773fb95e98a27947de4a95abb3d3f2a2
Description: add and remove users and groups
 This package includes the adduser and deluser commands.
 .
 Package: not-a-field
`;

const status = (text: string): string => `Package: a\nVersion: 1\nStatus: ${text}\n`;

describe('parseDpkgStatus', () => {
  it('reads what an inventory wants of a stanza', () => {
    expect(parseDpkgStatus(adduser)).toEqual({
      packages: [
        {
          name: 'adduser',
          version: '3.134',
          architecture: 'all',
          status: 'install ok installed',
          maintainer: 'Debian Adduser Developers <adduser@packages.debian.org>',
          description: 'add and remove users and groups',
          section: 'admin',
          priority: 'important',
          multiArch: 'foreign',
          installedSize: 686 * 1024,
          depends: [['passwd'], ['debconf', 'debconf-2.0'], ['libc6']],
          conffiles: [
            { path: 'etc/adduser.conf', md5: '79e3ba1e6a5b3a3d1a0ef9a3e2c0ae25' },
            { path: 'etc/deluser.conf', md5: '773fb95e98a27947de4a95abb3d3f2a2' },
          ],
        },
      ],
      problems: [],
    });
  });

  it('keeps packages whose files are there, finished or not, whatever is wanted of them', () => {
    const present = [
      'install ok installed',
      'hold ok installed',
      'deinstall ok installed',
      'install ok unpacked',
      'install ok half-configured',
      'install ok triggers-awaited',
      'install ok triggers-pending',
      'install reinstreq half-installed',
    ];
    const absent = ['deinstall ok config-files', 'purge ok not-installed', 'install ok', 'install'];
    const { packages, problems } = parseDpkgStatus([...present, ...absent].map(status).join('\n'));
    expect(packages.map((pkg) => pkg.status)).toEqual(present);
    expect(problems).toEqual([]);
  });

  it('takes a stanza without Status, as status.d has it, for installed', () => {
    expect(parseDpkgStatus('Package: base-files\nVersion: 12.4\nArchitecture: amd64\n').packages).toEqual([
      { name: 'base-files', version: '12.4', architecture: 'amd64' },
    ]);
  });

  it.each([
    ['glibc', { name: 'glibc' }],
    ['glibc (2.36-9)', { name: 'glibc', version: '2.36-9' }],
    ['a (0.9)', { name: 'a', version: '0.9' }],
    ['a', undefined],
    ['a (1)', undefined],
    ['glibc (1)', { name: 'glibc' }],
    ['glibc (2.36', { name: 'glibc' }],
  ])('reads the source %j of package a at version 1', (field, source) => {
    const [pkg] = parseDpkgStatus(`${status('install ok installed')}Source: ${field}\n`).packages;
    expect(pkg?.source).toEqual(source);
  });

  it('knows field names in any case, and an essential package', () => {
    const { packages } = parseDpkgStatus('PACKAGE: a\nversion: 1\nEssential: yes\nHomepage: https://example.com\n');
    expect(packages).toEqual([{ name: 'a', version: '1', essential: true, homepage: 'https://example.com' }]);
  });

  it('reports installed packages without name or version and goes on', () => {
    const { packages, problems } = parseDpkgStatus('Package: a\n\nVersion: 1\n\nPackage: c\nVersion: 3\n');
    expect(packages.map(({ name }) => name)).toEqual(['c']);
    expect(problems).toEqual(['2 installed package(s) without a usable Package or Version field']);
  });

  it('does not take a package that is not installed for a problem when it has no version', () => {
    expect(parseDpkgStatus('Package: a\nStatus: purge ok not-installed\n')).toEqual({ packages: [], problems: [] });
  });

  it('reads any text without throwing, into plain JSON', { timeout: 60_000 }, () => {
    const words = fc.constantFrom(
      'Package',
      'Version',
      'Status',
      'Depends',
      ':',
      ' ',
      '\n',
      '\n ',
      '(',
      ')',
      '|',
      ',',
      'a',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (input) => {
        const result = parseDpkgStatus(input);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }),
    );
  });

  it('ends at its limits and says so', { timeout: 60_000 }, () => {
    const limit = /^over \d+ packages or \d+ relations, the rest was not read$/;
    const many = parseDpkgStatus('Package: a\nVersion: 1\n\n'.repeat(maxDpkgPackages + 10));
    expect(many.packages).toHaveLength(maxDpkgPackages);
    expect(many.problems).toEqual([expect.stringMatching(limit)]);
    const stanza = `Package: a\nVersion: 1\nDepends: ${'a|'.repeat(100_000)}\n\n`;
    const related = parseDpkgStatus(stanza.repeat(20));
    expect(related.packages.length).toBeLessThan(20);
    expect(related.problems).toEqual([expect.stringMatching(limit)]);
  });

  it('stays linear on a hostile file', { timeout: 60_000 }, () => {
    const time = (stanzas: number): number => {
      const text = `Package: a\nVersion: 1\nDepends: x\n${' ,|('.repeat(8)}\n`.repeat(stanzas);
      const runs = [1, 2, 3].map(() => {
        const start = performance.now();
        parseDpkgStatus(text);
        return performance.now() - start;
      });
      return Math.min(...runs);
    };
    // Eight times the text; quadratic would take 64 times as long.
    expect(time(40_000)).toBeLessThan(Math.max(time(5_000), 5) * 30);
  });
});

describe('parseRelations', () => {
  it.each([
    ['', []],
    ['a', [['a']]],
    ['a (>= 1.0), b | c:any (<< 2) [amd64] <!nocheck>', [['a'], ['b', 'c']]],
    [' , | , a', [['a']]],
    ['mail-transport-agent|exim4', [['mail-transport-agent', 'exim4']]],
  ])('reads %j', (field, needs) => {
    expect(parseRelations(field)).toEqual(needs);
  });
});

const system = '/var/lib/dpkg/status';
const dpkgQuery = '/usr/bin/dpkg-query';
const dpkgHere = existsSync(system) && existsSync(dpkgQuery);
if (!dpkgHere) console.warn('SKIPPED: no dpkg on this machine to compare with');

describe.skipIf(!dpkgHere)("this machine's own dpkg", () => {
  it('lists the same packages', async () => {
    const parser = createDpkgStatusParser();
    const limits = { lineBytes: 1 << 20, totalBytes: 1 << 30 };
    await readLines(createReadStream(system), limits, (line) => parser.line(line));
    const ours: DpkgStatus = parser.end();
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
    const format = '${db:Status-Status} ${Package} ${Version} ${Architecture} ${source:Package} ${source:Version}\n';
    const theirs = execFileSync(dpkgQuery, ['-W', '-f', format], { encoding: 'utf8', maxBuffer: 1 << 28 })
      .split('\n')
      .filter((line) => line.startsWith('installed '));
    const lines = ours.packages.map(({ name, version, architecture, source }) =>
      ['installed', name, version, architecture, source?.name ?? name, source?.version ?? version].join(' '),
    );
    expect(lines.sort()).toEqual(theirs.sort());
    expect(ours.problems).toEqual([]);
  });
});
