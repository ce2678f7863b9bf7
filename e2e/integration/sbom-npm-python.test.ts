import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npmCataloger } from '../../packages/sbom/src/catalogers/npm/cataloger.ts';
import { isPackagePlace } from '../../packages/sbom/src/catalogers/npm/package-place.ts';
import { parsePackageLock } from '../../packages/sbom/src/catalogers/npm/parse-package-lock.ts';
import { pnpmLockCataloger } from '../../packages/sbom/src/catalogers/pnpm/cataloger.ts';
import { pythonCataloger } from '../../packages/sbom/src/catalogers/python/cataloger.ts';
import { yarnLockCataloger } from '../../packages/sbom/src/catalogers/yarn/cataloger.ts';
import { cacheEntry } from '../support/cache-entry.ts';
import { catalogDirectory } from '../support/catalog-directory.ts';
import { installedNpmProject, npmProject } from '../support/npm-app.ts';
import { canRun, canRunWithout } from '../support/required-tools.ts';
import { runTool } from '../support/run-tool.ts';

/** What `npm query` says of one package. */
interface QueriedPackage {
  readonly name: string;
  readonly version: string;
  /** Path of its directory below the project; empty for the project. */
  readonly location: string;
  /** Locations of the packages that it needs. */
  readonly to: readonly string[];
}

const identity = ({ name, version, namespace }: { name: string; version: string; namespace?: string }): string =>
  `${namespace === undefined ? '' : `${namespace}/`}${name}@${version}`;

describe.runIf(canRun('npm packages as npm sees them', ['npm']))('npm packages', () => {
  const query = async (directory: string, ...options: string[]): Promise<QueriedPackage[]> => {
    const output = await runTool('npm', ['query', '*', ...options], { cwd: directory });
    return (JSON.parse(output) as QueriedPackage[]).filter(({ location }) => location.includes('node_modules/'));
  };

  it('are those that npm sees, with the needs that npm resolves and the hashes of the lock', async () => {
    const project = await installedNpmProject('npm-app');
    const { findings } = await catalogDirectory(project, npmCataloger);
    const queried = await query(project);
    const found = findings.flatMap((finding) => {
      if (finding.kind !== 'package' || !isPackagePlace(finding.key)) return [];
      return [`${finding.key} ${identity(finding as never)}`];
    });
    const needs = findings.flatMap((finding) =>
      finding.kind === 'depends-on' && isPackagePlace(finding.from) ? [`${finding.from} > ${finding.to}`] : [],
    );
    const manifestOf = (location: string): string => `${location}/package.json`;
    expect(queried.length).toBeGreaterThan(50);
    expect(found.sort()).toEqual(queried.map((pkg) => `${manifestOf(pkg.location)} ${pkg.name}@${pkg.version}`).sort());
    const resolved = queried.flatMap(({ location, to }) =>
      to.map((other) => `${manifestOf(location)} > ${manifestOf(other)}`),
    );
    expect(needs.sort()).toEqual(Array.from(new Set(resolved)).sort());
    const hashed = findings.filter((finding) => finding.kind === 'package' && (finding.hashes?.length ?? 0) > 0);
    expect(hashed.length).toBe(queried.length);
  });

  it('of a lock file are those that npm reads in it', async () => {
    const project = npmProject('npm-app');
    const queried = await query(project, '--package-lock-only');
    const lock = parsePackageLock(await readFile(join(project, 'package-lock.json'), 'utf8'));
    if (lock.kind !== 'packages') throw new Error(lock.reason);
    const line = (key: string, name: string, version: string, needs: readonly string[]): string =>
      `${key} ${name}@${version} ${[...needs].sort().join(' ')}`;
    expect(lock.packages.map(({ key, name, version, dependsOn }) => line(key, name, version, dependsOn ?? [])).sort())
      // What is needed in two ways is named twice.
      .toEqual(
        queried.map(({ location, name, version, to }) => line(location, name, version, [...new Set(to)])).sort(),
      );
  });
});

describe.runIf(canRun('lock files of Yarn and pnpm', ['npm']))('lock files of other package managers', () => {
  const tools = { yarn: 'yarn@1.22.22', pnpm: 'pnpm@9.15.0' };
  const manifest = {
    ...{ name: 'project', version: '1.0.0' },
    dependencies: { express: '4.19.2', '@babel/code-frame': '7.24.2', chalk2: 'npm:chalk@2.4.2' },
    devDependencies: { rimraf: '5.0.5' },
  };
  let projects: string;

  const run = (tool: keyof typeof tools, ...options: string[]): Promise<string> =>
    runTool('npm', ['exec', '--yes', '--', tools[tool], ...options], { cwd: join(projects, tool) });

  const declared = async (tool: keyof typeof tools): Promise<string[]> => {
    const alone = await mkdtemp(join(tmpdir(), 'falcon-iar-lock-'));
    try {
      const name = tool === 'yarn' ? 'yarn.lock' : 'pnpm-lock.yaml';
      await copyFile(join(projects, tool, name), join(alone, name));
      const cataloger = tool === 'yarn' ? yarnLockCataloger : pnpmLockCataloger;
      const { inventory } = await catalogDirectory(alone, cataloger);
      expect(inventory.packages.every(({ hashes }) => hashes?.[0]?.algorithm === 'SHA-512')).toBe(true);
      return inventory.packages.map(identity).sort();
    } finally {
      await rm(alone, { recursive: true, force: true });
    }
  };

  beforeAll(async () => {
    projects = await cacheEntry('npm-locks', { tools, manifest, made: 1 }, async (entry) => {
      for (const tool of ['yarn', 'pnpm'] as const) {
        const cwd = join(entry, tool);
        await mkdir(cwd);
        await writeFile(join(cwd, 'package.json'), JSON.stringify(manifest));
        await runTool('npm', ['exec', '--yes', '--', tools[tool], 'install', '--ignore-scripts'], { cwd });
      }
    });
  }, 300_000);

  it('have the packages that Yarn lists', async () => {
    interface Tree {
      readonly name: string;
      readonly shadow?: boolean;
      readonly children: readonly Tree[];
    }
    const output = JSON.parse(await run('yarn', 'list', '--json', '--silent')) as { data: { trees: Tree[] } };
    const names = new Set<string>();
    const gather = ({ name, shadow, children }: Tree): void => {
      // Yarn lists an alias under its own name.
      if (shadow !== true) names.add(name.replace(/^chalk2@/, 'chalk@'));
      for (const child of children ?? []) gather(child);
    };
    for (const tree of output.data.trees) gather(tree);
    // What Yarn laid out under several aliases of one package has several names in its list.
    const listed = Array.from(names, (name) => name.replace(/^(string-width|strip-ansi|wrap-ansi)-cjs@/, '$1@'));
    expect(await declared('yarn')).toEqual(Array.from(new Set(listed)).sort());
  });

  it('have the packages that pnpm lists', async () => {
    interface Node {
      readonly from: string;
      readonly version: string;
      readonly dependencies?: Readonly<Record<string, Node>>;
    }
    const output = await run('pnpm', 'list', '--depth', 'Infinity', '--json');
    const [project] = JSON.parse(output) as Record<'dependencies' | 'devDependencies', Record<string, Node>>[];
    const names = new Set<string>();
    const gather = ({ from, version, dependencies = {} }: Node): void => {
      names.add(`${from}@${version}`);
      for (const node of Object.values(dependencies)) gather(node);
    };
    for (const node of Object.values({ ...project?.dependencies, ...project?.devDependencies })) gather(node);
    expect(await declared('pnpm')).toEqual(Array.from(names).sort());
  });

  it('give their hashes to what pnpm installed by them', async () => {
    const { inventory } = await catalogDirectory(join(projects, 'pnpm'), npmCataloger);
    const installed = inventory.packages.filter(({ occurrences }) =>
      occurrences.some(({ path }) => isPackagePlace(path)),
    );
    expect(installed.length).toBeGreaterThan(100);
    expect(installed.filter(({ hashes }) => hashes === undefined)).toEqual([]);
  });
});

const pythonHere = ['/usr/bin/python3', '/usr/share/python-wheels'].filter((path) => !existsSync(path));

describe.runIf(
  canRunWithout(
    'Python packages as pip sees them',
    pythonHere.map((path) => `${path} (python3-venv) is missing`),
  ),
)('Python packages', () => {
  /** What `pip inspect` says of one package. */
  interface InspectedPackage {
    readonly metadata: { readonly name: string; readonly version: string };
    readonly installer?: string;
    readonly requested?: boolean;
    readonly direct_url?: { readonly url: string };
  }
  let scratch: string;

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-python-'));
    await runTool('/usr/bin/python3', ['-m', 'venv', join(scratch, 'venv')]);
    const setup = {
      library: "name='Local-Lib', version='1.2.3', license='MIT'",
      app: `name='local-app', version='0.1', install_requires=['local-lib>=1', 'setuptools; sys_platform=="win32"', 'pip; python_version>="3"']`,
    };
    for (const [name, fields] of Object.entries(setup)) {
      const project = join(scratch, name);
      await mkdir(project);
      await writeFile(join(project, 'setup.py'), `from setuptools import setup\nsetup(${fields}, py_modules=[])\n`);
      await pip('install', '--no-index', '--no-build-isolation', project);
    }
  }, 300_000);

  afterAll(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  const pip = (...options: string[]): Promise<string> =>
    runTool(join(scratch, 'venv/bin/python'), ['-m', 'pip', '--disable-pip-version-check', ...options]);

  it('are those that pip sees, with how they came to be there', async () => {
    const { installed } = JSON.parse(await pip('inspect')) as { installed: InspectedPackage[] };
    const { inventory } = await catalogDirectory(join(scratch, 'venv'), pythonCataloger);
    const line = (name: string, version: string, ...rest: unknown[]): string =>
      JSON.stringify([name, version, ...rest]);
    const expected = installed.map(({ metadata, installer, requested, direct_url }) =>
      line(metadata.name, metadata.version, installer ?? '', requested ?? false, direct_url?.url ?? ''),
    );
    // What pip and setuptools carry for their own use lies deeper.
    const own = inventory.packages.filter(({ occurrences }) =>
      occurrences.some(({ path }) => /site-packages\/[^/]+(?:\/[^/]+)?$/.test(path)),
    );
    const found = own.map(({ name, version, details }) =>
      line(
        name.replace('_', '-'),
        version,
        details.installer ?? '',
        details.requested ?? false,
        details.directUrl ?? '',
      ),
    );
    expect(found.sort()).toEqual(expected.sort());
  });

  it('need what holds on this platform alone', async () => {
    const { inventory } = await catalogDirectory(join(scratch, 'venv'), pythonCataloger);
    const names = new Map(inventory.packages.map(({ id, name }) => [id, name]));
    const app = inventory.packages.find(({ name }) => name === 'local-app');
    const needs = inventory.relationships.filter(({ from }) => from === app?.id).map(({ to }) => names.get(to));
    expect(needs.sort()).toEqual(['Local-Lib', 'pip']);
  });
});
