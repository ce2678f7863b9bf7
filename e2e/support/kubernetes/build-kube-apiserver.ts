import { copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheEntry } from '../cache-entry.ts';
import { runToEnd, runTool } from '../run-tool.ts';

/** The release of Debian whose source of Kubernetes is built, and the Go it builds with: later ones refuse the code. */
const suite = 'bookworm';
const goRoot = '/usr/lib/go-1.19';

/** What the build needs of Debian. */
const packages = [
  'dpkg-dev',
  'gcc',
  'golang-1.19-go',
  'golang-github-modern-go-reflect2-dev',
  'libc6-dev',
  'make',
  'rsync',
];

/** Changes when the steps below change. */
const make = 1;

/**
 * The path of a kube-apiserver: that of `$KUBEBUILDER_ASSETS` (the folder that Kubernetes' own integration tests look
 * in) where it is set; else one that was built from Debian's source package of Kubernetes, once, which takes about ten
 * minutes, a gigabyte of temporary space and, where packages for it have to be installed, root.
 */
export async function kubeApiserver(): Promise<string> {
  const assets = process.env.KUBEBUILDER_ASSETS;
  if (assets) return join(assets, 'kube-apiserver');
  const directory = await cacheEntry('kube-apiserver', { suite, goRoot, arch: process.arch, make }, buildInto);
  return join(directory, 'kube-apiserver');
}

async function buildInto(entry: string): Promise<void> {
  process.stderr.write('Building kube-apiserver, once; this takes about ten minutes.\n');
  await installPackages();
  const scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-kube-'));
  try {
    await copyFile(await build(scratch, await fetchSource(scratch)), join(entry, 'kube-apiserver'));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function installPackages(): Promise<void> {
  const query = ['-W', '-f', '$' + '{Package} $' + '{db:Status-Status}\n', ...packages];
  const known = (await runToEnd('dpkg-query', query)).stdout.split('\n');
  const missing = packages.filter((name) => !known.includes(`${name} installed`));
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) {
    throw new Error(`kube-apiserver cannot be built: apt-get install ${missing.join(' ')}, or set KUBEBUILDER_ASSETS`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const patient = ['-q', '-o', 'DPkg::Lock::Timeout=600'];
  await runTool('apt-get', [...patient, 'update'], { env });
  await runTool('apt-get', [...patient, 'install', '--yes', '--no-install-recommends', ...missing], { env });
}

/** Unpacks the source package with apt, which checks its signature; gives the folder it is in. */
async function fetchSource(scratch: string): Promise<string> {
  const lists = join(scratch, 'lists');
  const sources = join(scratch, 'sources.list');
  await mkdir(join(lists, 'partial'), { recursive: true });
  await writeFile(sources, (await sourceEntries()).join('\n'));
  // Sources and lists of its own, so that those of the machine stay as they are.
  const settings = {
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': lists,
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
    'APT::Sandbox::User': 'root',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  await runTool('apt-get', [...options, '-q', 'update']);
  await runTool('apt-get', [...options, '-q', 'source', '--only-source', 'kubernetes'], { cwd: scratch });
  const folder = (await readdir(scratch, { withFileTypes: true })).find(
    (entry) => entry.isDirectory() && entry.name.startsWith('kubernetes-'),
  );
  if (!folder) throw new Error('apt-get source kubernetes left no folder');
  return join(scratch, folder.name);
}

/** The lines of a sources.list for source packages, from the mirrors that this machine's apt has for packages. */
async function sourceEntries(): Promise<string[]> {
  let mirrors = await debianMirrors();
  if (mirrors.length === 0) {
    // Whose they are is known from their lists, which a container image is often without.
    await runTool('apt-get', ['-q', 'update']);
    mirrors = await debianMirrors();
  }
  if (mirrors.length === 0) {
    throw new Error(`apt has no mirror of Debian's ${suite}, whose Kubernetes is built here; set KUBEBUILDER_ASSETS`);
  }
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  return mirrors.map((mirror) => `deb-src [signed-by=${keyring}] ${mirror} main`);
}

/** Address and name of the release, as a sources.list has them, whatever form the machine's own sources are in. */
async function debianMirrors(): Promise<string[]> {
  const format = '$(CREATED_BY)|$(ORIGIN)|$(CODENAME)|$(COMPONENT)|$(REPO_URI)|$(RELEASE)';
  const targets = (await runTool('apt-get', ['indextargets', '--format', format])).split('\n');
  const mirrors = targets
    .map((target) => target.split('|'))
    .filter((target) => target.slice(0, 4).join() === ['Packages', 'Debian', suite, 'main'].join())
    .map(([, , , , uri, release]) => `${uri} ${release}`);
  return [...new Set(mirrors)];
}

/** Builds as the source tree's own makefile does; gives the path of the program. */
async function build(scratch: string, source: string): Promise<string> {
  const goPath = join(scratch, 'go');
  const tree = join(goPath, 'src/k8s.io/kubernetes');
  await mkdir(join(goPath, 'src/k8s.io'), { recursive: true });
  await rename(source, tree);
  await replaceReflect2(tree);
  await runTool('make', ['WHAT=cmd/kube-apiserver'], {
    cwd: tree,
    env: {
      PATH: `${goRoot}/bin:${process.env.PATH}`,
      HOME: scratch,
      TMPDIR: scratch,
      GOPATH: goPath,
      GOCACHE: join(scratch, 'go-cache'),
      GO111MODULE: 'off',
      // Without these the makefile asks git, which knows nothing of a source package.
      KUBE_GIT_VERSION: 'v1.20.2',
      KUBE_GIT_MAJOR: '1',
      KUBE_GIT_MINOR: '20',
      KUBE_GIT_TREE_STATE: 'clean',
      KUBE_GIT_COMMIT: 'unknown',
    },
  });
  return join(tree, '_output/bin/kube-apiserver');
}

/** The vendored one reads memory in a way that Go 1.18 and later have changed; lists of pods as JSON fail with it. */
async function replaceReflect2(tree: string): Promise<void> {
  const path = 'github.com/modern-go/reflect2';
  const [from, to] = [join('/usr/share/gocode/src', path), join(tree, 'vendor', path)];
  const isCode = (name: string): boolean => name.endsWith('.go') || name.endsWith('.s');
  for (const name of (await readdir(to)).filter(isCode)) await rm(join(to, name));
  for (const name of (await readdir(from)).filter(isCode)) await copyFile(join(from, name), join(to, name));
}
