import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runTool } from './run-tool.ts';

/** A package to build: lines of its `.PKGINFO`, and its files. */
export interface PacmanSource {
  readonly name: string;
  readonly version: string;
  readonly lines?: readonly string[];
  readonly files: readonly string[];
}

/** A system that pacman itself installed packages in. */
export interface PacmanRoot {
  readonly root: string;
  /** Asks pacman about it. */
  query(...options: readonly string[]): Promise<string>;
}

/** Builds packages and lets pacman install them: those named in `automatic` as if another had needed them. */
export async function pacmanRoot(
  scratch: string,
  sources: readonly PacmanSource[],
  automatic: readonly string[],
): Promise<PacmanRoot> {
  const root = join(scratch, 'root');
  await mkdir(join(root, 'var/lib/pacman'), { recursive: true });
  const config = join(scratch, 'pacman.conf');
  await writeFile(config, '[options]\nArchitecture = x86_64\nSigLevel = Never\nLocalFileSigLevel = Never\n');
  const options = ['--root', root, '--dbpath', join(root, 'var/lib/pacman'), '--config', config];
  const paths = [
    '--cachedir',
    join(scratch, 'cache'),
    '--logfile',
    join(scratch, 'log'),
    '--hookdir',
    join(scratch, 'hooks'),
  ];
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  for (const source of sources) {
    const archive = await buildPackage(source, scratch);
    const reason = automatic.includes(source.name) ? ['--asdeps'] : [];
    await runTool('pacman', ['-Udd', ...options, ...paths, '--noconfirm', ...reason, archive], { env });
  }
  return { root, query: (...query) => runTool('pacman', ['-Q', ...query, ...options], { env }) };
}

async function buildPackage({ name, version, lines = [], files }: PacmanSource, scratch: string): Promise<string> {
  const tree = join(scratch, `${name}-${version}`);
  await mkdir(tree, { recursive: true });
  const header = [`pkgname = ${name}`, `pkgver = ${version}`, 'pkgdesc = made for a test', 'arch = x86_64', 'size = 1'];
  await writeFile(join(tree, '.PKGINFO'), `${[...header, ...lines].join('\n')}\n`);
  for (const file of files) {
    await mkdir(join(tree, dirname(file)), { recursive: true });
    await writeFile(join(tree, file), `${file}\n`);
  }
  const archive = `${tree}.pkg.tar.gz`;
  const tops = Array.from(new Set(files.map((file) => file.split('/', 1)[0] ?? file)));
  await runTool('tar', [
    '--create',
    '--gzip',
    '--owner=0',
    '--group=0',
    '-f',
    archive,
    '-C',
    tree,
    '.PKGINFO',
    ...tops,
  ]);
  return archive;
}
