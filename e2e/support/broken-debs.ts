import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runToEnd, runTool } from './run-tool.ts';

/** A package to build: control fields beyond the usual ones, maintainer scripts, files of `DEBIAN/` and of the package. */
interface DebSource {
  readonly name: string;
  readonly version?: string;
  readonly fields?: string;
  readonly control?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
}

const fails = '#!/bin/sh\nexit 1\n';

/** Packages that dpkg cannot install to the end, each stuck at another point, and how dpkg is asked to. */
const attempts: readonly (DebSource & { readonly arguments: readonly string[]; readonly before?: DebSource })[] = [
  { name: 'iar-fine', arguments: ['--install'], files: ['usr/bin/iar-fine'] },
  { name: 'iar-unpacked', arguments: ['--unpack'], files: ['usr/bin/iar-unpacked'] },
  { name: 'iar-half-configured', arguments: ['--install'], control: { postinst: fails }, files: ['usr/bin/iar-half'] },
  { name: 'iar-refused', arguments: ['--unpack'], control: { preinst: fails } },
  { name: 'iar-half-installed', arguments: ['--unpack'], control: { preinst: fails, postrm: fails } },
  {
    ...{ name: 'iar-upgrade', version: '2.0', arguments: ['--unpack'], control: { preinst: fails, postrm: fails } },
    before: { name: 'iar-upgrade', files: ['usr/bin/iar-upgrade'] },
  },
  {
    ...{
      name: 'iar-awaits',
      arguments: ['--no-triggers', '--install'],
      control: { triggers: 'activate-await iar-event\n' },
    },
    before: { name: 'iar-pends', control: { triggers: 'interest-await iar-event\n', postinst: '#!/bin/sh\n' } },
  },
];

/** Where the root has the packages while they are installed. */
const folder = 'iar-debs';

/**
 * Brings a Debian root into every state that dpkg knows: by real packages, some of which cannot be installed. One is
 * removed but for its configuration file. Needs root: dpkg runs inside.
 */
export async function breakInstallations(root: string): Promise<void> {
  const scratch = join(root, folder);
  const dpkg = async (options: readonly string[], target: string) => {
    // Failing is the purpose of most; what came of it is in the database.
    await runToEnd('chroot', [root, 'dpkg', ...options, target], { env: { ...process.env, LC_ALL: 'C' } });
  };
  for (const { arguments: options, before, ...source } of attempts) {
    if (before !== undefined) await dpkg(['--install'], await buildDeb(before, scratch));
    await dpkg(options, await buildDeb(source, scratch));
  }
  const conffile = 'etc/iar removed.conf';
  const removed = { name: 'iar-removed', control: { conffiles: `/${conffile}\n` }, files: [conffile] };
  const kept = { name: 'iar-kept', control: { conffiles: '/etc/iar kept.conf\n' }, files: ['etc/iar kept.conf'] };
  for (const source of [removed, kept]) await dpkg(['--install'], await buildDeb(source, scratch));
  await dpkg(['--remove'], 'iar-removed');
  await rm(scratch, { recursive: true });
}

/**
 * Builds a package.
 *
 * @returns its path inside the root
 */
async function buildDeb(source: DebSource, scratch: string): Promise<string> {
  const { name, version = '1.0', fields = '', control = {}, files = [] } = source;
  const tree = join(scratch, `${name}_${version}`);
  await mkdir(join(tree, 'DEBIAN'), { recursive: true });
  const stanza = `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: Nobody <nobody@example.org>\n`;
  await writeFile(join(tree, 'DEBIAN/control'), `${stanza}${fields}Description: made for a test\n`);
  for (const [file, text] of Object.entries(control)) {
    await writeFile(join(tree, 'DEBIAN', file), text);
    if (text.startsWith('#!')) await chmod(join(tree, 'DEBIAN', file), 0o755);
  }
  for (const file of files) {
    await mkdir(join(tree, dirname(file)), { recursive: true });
    await writeFile(join(tree, file), `${file}\n`);
  }
  const deb = `${tree}.deb`;
  await runTool('dpkg-deb', ['--root-owner-group', '--build', tree, deb]);
  return `/${folder}/${name}_${version}.deb`;
}
