import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../packages/sbom/src/catalog/finding.ts';
import { distroCataloger } from '../../packages/sbom/src/catalogers/distro/cataloger.ts';
import { dpkgCataloger } from '../../packages/sbom/src/catalogers/dpkg/cataloger.ts';
import { parseCopyright } from '../../packages/sbom/src/catalogers/dpkg/parse-copyright.ts';
import { parseDpkgStatus } from '../../packages/sbom/src/catalogers/dpkg/parse-status.ts';
import { hashOwnedPath } from '../../packages/sbom/src/catalogers/owned-path.ts';
import { pacmanCataloger } from '../../packages/sbom/src/catalogers/pacman/cataloger.ts';
import { breakInstallations } from '../support/broken-debs.ts';
import { type CatalogedDirectory, catalogDirectory } from '../support/catalog-directory.ts';
import { debianRoot } from '../support/debian-root.ts';
import { type PacmanRoot, pacmanRoot } from '../support/pacman-root.ts';
import { canRun } from '../support/required-tools.ts';
import { runToEnd, runTool } from '../support/run-tool.ts';

/** States without files, as dpkg-query names them. */
const absent = new Set(['not-installed', 'config-files']);

const debian = canRun('dpkg compared with itself', ['mmdebstrap', 'dpkg-query', 'chroot', 'tar', 'perl'], {
  root: true,
});

describe.runIf(debian)('a Debian root that dpkg left in every state', () => {
  let scratch: string;
  let root: string;
  let cataloged: CatalogedDirectory;

  beforeAll(async () => {
    const { tar } = await debianRoot();
    scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-os-'));
    root = join(scratch, 'root');
    await mkdir(root);
    await runTool('tar', ['-x', '-p', '--numeric-owner', '-f', tar, '-C', root]);
    await breakInstallations(root);
    cataloged = await catalogDirectory(root, dpkgCataloger);
  });

  afterAll(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  const query = (...options: string[]) =>
    runTool('dpkg-query', [`--admindir=${join(root, 'var/lib/dpkg')}`, ...options]);

  it('has the packages and states that dpkg-query names, but for those without files', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
    const format = '${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\t${Status}\n';
    const lines = (await query('-W', '-f', format)).split('\n').filter((line) => line !== '');
    const states = new Set(lines.map((line) => line.slice(0, line.indexOf('\t'))));
    expect(Array.from(states).sort()).toEqual(
      expect.arrayContaining(['config-files', 'half-configured', 'half-installed', 'installed', 'unpacked']),
    );
    expect(Array.from(states).some((state) => state.startsWith('triggers-'))).toBe(true);
    const theirs = lines.filter((line) => !absent.has(line.slice(0, line.indexOf('\t'))));
    const ours = cataloged.inventory.packages.map(({ name, version, architecture, details }) =>
      [String(details.status).split(' ')[2], name, version, architecture, details.status].join('\t'),
    );
    expect(ours.sort()).toEqual(theirs.sort());
    expect(cataloged.inventory.problems).toEqual([]);
  });

  it('owns what dpkg-query lists, directories left out', async () => {
    const differing: string[] = [];
    for (const [owner, hashes] of ownedPaths(cataloged.findings)) {
      const [name = '', architecture] = owner.slice(owner.indexOf('|') + 1).split(/[:@]/);
      const multi = await runToEnd('dpkg-query', [
        `--admindir=${join(root, 'var/lib/dpkg')}`,
        '-L',
        `${name}:${architecture}`,
      ]);
      const listed = (multi.code === 0 ? multi.stdout : await query('-L', name))
        .split('\n')
        .filter((line) => line.startsWith('/'));
      const expected = new Set<bigint>();
      for (const path of listed) if (!(await isDirectory(join(root, path)))) expected.add(hashOwnedPath(path));
      const directories = new Set(listed.map(hashOwnedPath));
      const missing = Array.from(expected).filter((hash) => !hashes.has(hash));
      const extra = Array.from(hashes).filter((hash) => !directories.has(hash));
      if (missing.length > 0 || extra.length > 0)
        differing.push(`${owner}: ${missing.length} missing, ${extra.length} extra`);
    }
    expect(differing).toEqual([]);
  });

  it('knows the configuration files that dpkg-query knows', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
    const theirs = (await query('-W', '-f', '${db:Status-Status}|${Conffiles}\n'))
      .split('\n')
      .filter((line) => line.includes('/'))
      .map((line) => line.replace(/^installed\|/, '').trim());
    const { packages } = parseDpkgStatus(await readFile(join(root, 'var/lib/dpkg/status'), 'utf8'));
    const ours = packages.flatMap(({ conffiles = [] }) =>
      conffiles.map(({ path, md5 = 'newconffile', obsolete }) => `/${path} ${md5}${obsolete ? ' obsolete' : ''}`),
    );
    expect(theirs.length).toBeGreaterThan(20);
    expect(ours.sort()).toEqual(theirs.filter((line) => !line.includes('iar removed')).sort());
  });

  it('flags what apt-mark calls automatic', async () => {
    const theirs = (await runTool('chroot', [root, 'apt-mark', 'showauto'])).split('\n').filter((line) => line !== '');
    const native = (await runTool('dpkg', ['--print-architecture'])).trim();
    const ours = cataloged.inventory.packages
      .filter(({ details }) => details.autoInstalled === true)
      .map(({ name, architecture }) =>
        architecture === native || architecture === 'all' ? name : `${name}:${architecture}`,
      );
    expect(theirs.length).toBeGreaterThan(0);
    expect(ours.sort()).toEqual(theirs.sort());
  });

  it('reads the License fields that dpkg’s own parser reads, and has a licence of nearly every package', async () => {
    const files = (await runTool('find', [join(root, 'usr/share/doc'), '-name', 'copyright', '-type', 'f'])).split(
      '\n',
    );
    const differing: string[] = [];
    let machineReadable = 0;
    for (const file of files.filter((name) => name !== '')) {
      const text = await readFile(file, 'utf8');
      const ours = parseCopyright(text);
      if (ours?.form !== 'fields') continue;
      machineReadable += 1;
      const theirs = await licenseFields(file);
      // Where dpkg's parser refuses a file (a tab-only line, a stray line), ours is the only one.
      if (theirs !== undefined && theirs.join('\n') !== ours.licenses.join('\n'))
        differing.push(file.slice(root.length));
    }
    expect(machineReadable).toBeGreaterThan(30);
    expect(differing).toEqual([]);
    const named = cataloged.inventory.packages.filter(({ name }) => !name.startsWith('iar-'));
    const licensed = named.filter(({ licenses }) => licenses.length > 0);
    expect(licensed.length / named.length).toBeGreaterThan(0.9);
  });

  it('is Debian, by the link that every Debian has', async () => {
    const { inventory } = await catalogDirectory(root, distroCataloger);
    expect(inventory.distro).toMatchObject({ id: 'debian', versionId: '12', path: 'usr/lib/os-release' });
  });
});

const arch = canRun('pacman compared with itself', ['pacman']);

describe.runIf(arch)('a root that pacman installed', () => {
  let scratch: string;
  let system: PacmanRoot;
  let cataloged: CatalogedDirectory;

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-pacman-'));
    system = await pacmanRoot(
      scratch,
      [
        {
          ...{ name: 'iar-lib', version: '1:1.3.1-2', files: ['usr/lib/libiar.so.1', 'usr/share/a dir/with space'] },
          lines: ['pkgbase = iar', 'license = GPL-2.0-or-later', 'license = custom:x', 'provides = libiar.so=1-64'],
        },
        {
          ...{ name: 'iar-app', version: '2.0rc1-1', files: ['usr/bin/iar', 'etc/iar.conf'] },
          lines: [
            'depend = libiar.so=1-64',
            'depend = iar-data>=1',
            'backup = etc/iar.conf',
            'packager = N <n@example.org>',
          ],
        },
        { name: 'iar-data', version: '1-1', files: ['usr/share/iar/data'], lines: ['depend = iar-gone'] },
      ],
      ['iar-lib', 'iar-data'],
    );
    cataloged = await catalogDirectory(system.root, pacmanCataloger);
  });

  afterAll(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  it('has the packages that pacman lists', async () => {
    const ours = cataloged.inventory.packages.map(({ name, version }) => `${name} ${version}`);
    expect(ours.sort()).toEqual((await system.query()).trim().split('\n').sort());
    expect(cataloged.inventory.problems).toEqual([]);
  });

  it('flags what pacman installed as a dependency', async () => {
    const ours = cataloged.inventory.packages.filter(({ details }) => details.autoInstalled === true);
    expect(ours.map(({ name }) => name).sort()).toEqual((await system.query('-dq')).trim().split('\n').sort());
  });

  it('owns the files that pacman lists, directories left out', async () => {
    const theirs = new Map<string, Set<bigint>>();
    for (const line of (await system.query('-l')).trim().split('\n')) {
      const space = line.indexOf(' ');
      const path = line.slice(space + 1 + system.root.length);
      if (!path.endsWith('/')) addTo(theirs, line.slice(0, space), [hashOwnedPath(path)]);
    }
    const names = new Map(packageKeys(cataloged.findings));
    const ours = new Map(Array.from(ownedPaths(cataloged.findings), ([key, hashes]) => [names.get(key), hashes]));
    expect(ours).toEqual(theirs);
  });

  it('states licences and needs as pacman does', async () => {
    const info = await system.query('-i', 'iar-lib');
    const field = (name: string) => new RegExp(`^${name} *: (.*)$`, 'm').exec(info)?.[1];
    const lib = cataloged.inventory.packages.find(({ name }) => name === 'iar-lib');
    expect(lib?.licenses.join('  ')).toBe(field('Licenses'));
    const names = new Map(cataloged.inventory.packages.map(({ id, name }) => [id, name]));
    const requiring = cataloged.inventory.relationships
      .filter(({ to }) => to === lib?.id)
      .map(({ from }) => names.get(from));
    expect(requiring.join('  ')).toBe(field('Required By'));
  });
});

/** Links to directories count: packages name directories by the way through them (`/bin`). */
async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // Documentation and the like that the image was told to leave out.
    return false;
  }
}

/** What each package owns, by its key, and which name each key has. */
function ownedPaths(findings: readonly Finding[]): Map<string, Set<bigint>> {
  const owned = new Map<string, Set<bigint>>();
  for (const finding of findings) if (finding.kind === 'ownership') addTo(owned, finding.owner, finding.pathHashes);
  return owned;
}

function packageKeys(findings: readonly Finding[]): [key: string, name: string][] {
  return findings.flatMap((finding) => (finding.kind === 'package' ? [[finding.key, finding.name]] : []));
}

function addTo(sets: Map<string, Set<bigint>>, key: string, values: Iterable<bigint>): void {
  const known = sets.get(key) ?? new Set();
  for (const value of values) known.add(value);
  sets.set(key, known);
}

/** The first lines of the License fields, each once, as dpkg's library for control files reads them. */
async function licenseFields(file: string): Promise<string[] | undefined> {
  const script = `
    use Dpkg::Control::HashCore;
    open my $file, '<:encoding(UTF-8)', $ARGV[0] or die;
    my %seen;
    binmode STDOUT, ':encoding(UTF-8)';
    while (1) {
      my $stanza = Dpkg::Control::HashCore->new(allow_duplicate => 1);
      last unless $stanza->parse($file, $ARGV[0]);
      my $license = $stanza->{License} // next;
      my ($name) = split /\\n/, $license;
      $name //= '';
      print "$name\\n" if length $name && !$seen{$name}++;
    }`;
  const { code, stdout } = await runToEnd('perl', ['-e', script, file]);
  return code === 0 ? stdout.split('\n').filter((line) => line !== '') : undefined;
}
