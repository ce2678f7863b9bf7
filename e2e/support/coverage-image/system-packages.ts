import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PacmanSource } from '../pacman-root.ts';
import { runTool } from '../run-tool.ts';
import { inTree } from './in-tree.ts';

/** A Debian package to build. */
export interface DebSource {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly fields?: string;
  /** Paths of its files; those below `etc/` are conffiles. */
  readonly files: readonly string[];
}

/** Builds Debian packages and has the tree's dpkg install them, over what older version of them is there. */
export async function installDebs(tree: string, sources: readonly DebSource[]): Promise<void> {
  const scratch = join(tree, 'tmp/debs');
  for (const { name, version, architecture, fields = '', files } of sources) {
    const built = join(scratch, name);
    await mkdir(join(built, 'DEBIAN'), { recursive: true });
    const stanza = `Package: ${name}\nVersion: ${version}\nArchitecture: ${architecture}\n${fields}`;
    const rest = 'Maintainer: Nobody <nobody@example.org>\nDescription: made for a test\n';
    await writeFile(join(built, 'DEBIAN/control'), stanza + rest);
    const conffiles = files.filter((file) => file.startsWith('etc/')).map((file) => `/${file}\n`);
    if (conffiles.length > 0) await writeFile(join(built, 'DEBIAN/conffiles'), conffiles.join(''));
    for (const file of files) {
      await mkdir(join(built, dirname(file)), { recursive: true });
      await writeFile(join(built, file), `${file} of ${version}\n`);
    }
    await runTool('dpkg-deb', ['--root-owner-group', '--build', built, `${built}.deb`]);
  }
  await inTree(tree, 'dpkg', ['-i', ...sources.map(({ name }) => `/tmp/debs/${name}.deb`)]);
  await rm(scratch, { recursive: true });
}

const rpmCount = 60;

/** Every fifth has an epoch, every fourth is of no architecture. */
function rpmSection(index: number): string {
  const optional = [...(index % 5 === 0 ? [`Epoch: ${index % 10}`] : []), ...(index % 4 ? [] : ['BuildArch: noarch'])];
  return `
%package -n cover${index}
Summary: Cover ${index}
${optional.join('\n')}
%description -n cover${index}
Cover.
%files -n cover${index}
/usr/lib/cover/${index}`;
}

/** Has rpmbuild build sixty packages of one version, `cover0` …; gives their files by their names. */
export async function coverRpms(scratch: string, version: string): Promise<ReadonlyMap<string, string>> {
  const directory = join(scratch, `rpm-${version}`);
  await mkdir(directory, { recursive: true });
  const spec = `
%global debug_package %{nil}
%global __os_install_post %{nil}
%global _build_id_links none
%global _binary_payload w0.gzdio
AutoReqProv: no
Name: cover
Version: ${version}
Release: 1.el9
Summary: Cover
License: MIT
%description
Cover.
%install
mkdir -p %{buildroot}/usr/lib/cover
for i in $(seq 0 ${rpmCount - 1}); do echo $i > %{buildroot}/usr/lib/cover/$i; done
${Array.from({ length: rpmCount }, (_, index) => rpmSection(index)).join('\n')}
`;
  await writeFile(join(directory, 'cover.spec'), spec.trimStart());
  const defined = ['--define', `_topdir ${directory}`, '--define', `_dbpath ${join(directory, 'none')}`];
  await runTool('rpmbuild', ['-bb', '--quiet', ...defined, 'cover.spec'], { cwd: directory });
  const built = await readdir(join(directory, 'RPMS'), { recursive: true });
  const files = built.filter((name) => name.endsWith('.rpm'));
  return new Map(files.map((file) => [/(cover\d+)-/.exec(file)?.[1] ?? '', join(directory, 'RPMS', file)]));
}

/** Has rpm change the database of a tree, which it keeps below `usr/lib/sysimage` as Fedora does. */
export async function rpm(tree: string, ...args: readonly string[]): Promise<string> {
  return await runTool('rpm', ['--dbpath', join(tree, 'usr/lib/sysimage/rpm'), ...args], {
    env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
  });
}

/** Changes of the database alone, whatever the machine and whatever else is there. */
export const rpmUnchecked: readonly string[] = [
  ...['--justdb', '--nodeps', '--noscripts', '--nosignature', '--nodigest', '--ignorearch', '--ignoreos'],
];

/** Packages for pacman of one version, twenty of them. */
export function coverPacman(version: string, numbers: readonly number[]): PacmanSource[] {
  return numbers.map((number) => ({
    ...{ name: `iar-arch${number}`, version: number % 3 === 0 ? `1:${version}` : version },
    ...{ files: [`usr/lib/iar-arch/${number}`], lines: ['license = MIT'] },
  }));
}

/** A database as apk writes it, with the packages given: written here, since there is no apk to ask. */
export async function writeApkDatabase(tree: string, packages: Readonly<Record<string, string>>): Promise<void> {
  const stanzas = Object.entries(packages).map(([name, version]) =>
    [
      `C:Q1${Buffer.alloc(20, name).toString('base64')}`,
      `P:${name}`,
      `V:${version}`,
      'A:x86_64',
      'S:1',
      'I:2',
      '',
    ].join('\n'),
  );
  await mkdir(join(tree, 'lib/apk/db'), { recursive: true });
  await writeFile(join(tree, 'lib/apk/db/installed'), `${stanzas.join('\n')}\n`);
}
