import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheEntry } from '../cache-entry.ts';
import { debianRoot } from '../debian-root.ts';
import { runTool } from '../run-tool.ts';
import { inTree } from './in-tree.ts';

/** Package managers of languages, as Debian ships them, and libraries of Java. */
const included = [
  ...['composer', 'erlang-base', 'luarocks', 'php-pear', 'ruby'],
  ...['libhamcrest-java', 'libcommons-compress-java', 'libcommons-lang3-java', 'libgoogle-gson-java', 'libguava-java'],
  ...['libcommons-io-java', 'libjackson2-core-java', 'libslf4j-java'],
];

/**
 * A tar of a Debian root in which dpkg has installed package managers of several languages. This machine's apt chooses
 * and downloads what the root lacks for them. Needs root and takes about a minute the first time.
 */
export async function debianWithLanguages(): Promise<string> {
  const debian = await debianRoot();
  const inputs = { from: debian.tar.split('/').at(-2), included, made: 1 };
  const directory = await cacheEntry('coverage-debian', inputs, async (entry) => {
    const tree = join(entry, 'tree');
    await mkdir(tree);
    await runTool('tar', ['-x', '-p', '--numeric-owner', '-f', debian.tar, '-C', tree]);
    const archives = await mkdtemp(join(entry, 'archives-'));
    await mkdir(join(archives, 'partial'));
    await download(tree, archives);
    await rename(archives, join(tree, 'debs'));
    await rm(join(tree, 'debs/partial'), { recursive: true, force: true });
    const debs = (await readdir(join(tree, 'debs'))).filter((name) => name.endsWith('.deb'));
    await inTree(tree, 'dpkg', ['--force-unsafe-io', '-i', ...debs.sort().map((name) => `/debs/${name}`)]);
    await rm(join(tree, 'debs'), { recursive: true });
    await runTool('tar', ['-c', '--numeric-owner', '-f', join(entry, 'root.tar'), '-C', tree, '.']);
    await rm(tree, { recursive: true });
  });
  return join(directory, 'root.tar');
}

/** Has apt download the packages, and what they need, that the tree's dpkg does not know as installed. */
async function download(tree: string, archives: string): Promise<void> {
  await runTool('apt-get', [
    ...['-o', 'APT::Sandbox::User=root', '-o', `Dir::State::status=${join(tree, 'var/lib/dpkg/status')}`],
    ...['-o', `Dir::Cache::archives=${archives}`, '-o', 'APT::Default-Release=bookworm'],
    ...['--no-install-recommends', '--yes', '--download-only', 'install', ...included],
  ]);
}
