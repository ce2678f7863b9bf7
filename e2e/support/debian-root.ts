import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheEntry } from './cache-entry.ts';
import { runTool } from './run-tool.ts';

/** A root file system as Debian's own tools install it. */
export interface DebianRoot {
  /** Tar of the root file system, owned by root, with device nodes. */
  readonly tar: string;
  /** Folder with downloaded, not yet installed `*.deb` files. */
  readonly debs: string;
}

const suite = 'bookworm';

/** What the base layer has: interpreters, a package with conffiles, an egg-info, and wheels for a later venv. */
const included = [
  'ca-certificates',
  'jq',
  'less',
  'logrotate',
  'netbase',
  'perl',
  'python3',
  'python3-six',
  'python3-venv',
  'python3-wheel-whl',
];

/** Installed by dpkg in a later layer; needs nothing that the base lacks. One has an epoch and another source name. */
const downloaded = ['tree', 'xxd'];

/**
 * A real Debian root file system (minbase and some packages, one of them of a second architecture), made with
 * mmdebstrap from the package archive this machine's own apt uses. Needs root and takes about a minute the first time.
 */
export async function debianRoot(): Promise<DebianRoot> {
  const architectures = await packageArchitectures();
  const packages = [...included, ...architectures.foreign.map((architecture) => `zlib1g:${architecture}`)];
  const directory = await cacheEntry(
    'debian-root',
    { suite, architectures, packages, downloaded, made: 1 },
    async (entry) => {
      await mkdir(join(entry, 'debs'));
      await runTool(
        'mmdebstrap',
        [
          '--mode=root',
          '--variant=minbase',
          `--architectures=${[architectures.native, ...architectures.foreign].join(',')}`,
          `--include=${packages.join(',')}`,
          `--customize-hook=chroot "$1" sh -c 'mkdir /debs && cd /debs && apt-get download ${downloaded.join(' ')}'`,
          `--customize-hook=cp "$1"/debs/*.deb '${join(entry, 'debs')}' && rm -r "$1/debs"`,
          suite,
          join(entry, 'root.tar'),
          ...(await aptSources()),
        ],
        { env: { ...process.env, LC_ALL: 'C.UTF-8' } },
      );
    },
  );
  return { tar: join(directory, 'root.tar'), debs: join(directory, 'debs') };
}

/**
 * The sources.list lines for the suite as this machine's apt resolves them; none leaves mmdebstrap its default. The
 * release alone is enough: its updates only bring newer versions, and mirrors of them are out of step more often.
 */
async function aptSources(): Promise<string[]> {
  const format = '$(CREATED_BY)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)';
  const targets = await runTool('apt-get', ['indextargets', '--format', format]);
  const lines = targets
    .split('\n')
    .map((line) => line.split('|'))
    .filter(([madeFor, , release]) => madeFor === 'Packages' && release === suite)
    .map(([, uri, release, component]) => `deb ${uri} ${release} ${component}`);
  return [...new Set(lines)];
}

/** The machine's architecture, and one more that its kernel can usually run, for `Multi-Arch: same` packages. */
async function packageArchitectures(): Promise<{ native: string; foreign: string[] }> {
  const native = (await runTool('dpkg', ['--print-architecture'])).trim();
  return { native, foreign: native === 'amd64' ? ['i386'] : [] };
}
