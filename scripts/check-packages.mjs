// Checks what would be published, from outside the workspace: packs every package, lints each tarball (publint --strict,
// attw), installs them together with npm into an empty folder, and runs the first example of each README there. A
// package with a program is started; one without an example is imported. The build has to be current.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readmeExample } from './readme-example.mjs';
import { root, toolEnvironment } from './setup.mjs';

const run = promisify(execFile);
const limits = { timeout: 300_000, maxBuffer: 64 * 1024 * 1024 };
const work = mkdtempSync(join(tmpdir(), 'falcon-iar-packages-'));
try {
  const packages = publishable();
  const packing = await Promise.all(packages.map((pkg) => check('pack', () => pack(pkg))));
  const packed = packages.filter((_, index) => packing[index].ok);
  const linting = await Promise.all(packages.map((pkg) => (packed.includes(pkg) ? lint(pkg) : [])));
  const installing = await check('install', () => install(packed));
  let failed = 0;
  for (const [index, pkg] of packages.entries()) {
    const results = [packing[index], ...linting[index], installing];
    if (packing[index].ok && installing.ok) results.push(await check(...useOf(pkg)));
    if (!report(pkg, results)) failed++;
  }
  process.stdout.write(`${packages.length - failed} packages passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

function publishable() {
  const folders = ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group)).map((dir) => join(root, group, dir)),
  );
  return folders
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
    .filter(({ manifest }) => !manifest.private)
    .map(({ folder, manifest }) => ({
      folder,
      manifest,
      name: manifest.name,
      tarball: join(work, tarballName(manifest)),
    }));
}

function tarballName({ name, version }) {
  return `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
}

async function pack({ folder, tarball }) {
  await tool('pnpm', ['pack', '--out', tarball], folder);
  const { stdout } = await run('tar', ['-tzf', tarball]);
  const needed = ['package/package.json', 'package/README.md', 'package/LICENSE'];
  const missing = needed.filter((file) => !stdout.split('\n').includes(file));
  if (missing.length > 0) throw new Error(`the tarball lacks ${missing.join(', ')}`);
  const stray = stdout.split('\n').filter((file) => /\.test\.|\.tsbuildinfo$/.test(file));
  if (stray.length > 0) throw new Error(`the tarball holds ${stray.join(', ')}`);
}

async function lint({ manifest, tarball }) {
  const results = [await check('publint', () => tool('publint', ['run', tarball, '--strict']))];
  // A package that is only a program has no types to be wrong.
  const hasTypes = Object.keys(manifest.exports ?? {}).some((path) => path !== './package.json');
  const attw = ['attw', tarball, '--profile', 'esm-only', '--no-definitely-typed', '--no-emoji', '--no-color'];
  if (hasTypes) results.push(await check('attw', () => tool(attw[0], attw.slice(1))));
  return results;
}

/** One folder with all tarballs, as a user's project; what they need of each other must be the tarballs too. */
async function install(packed) {
  const dependencies = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]));
  const overrides = Object.fromEntries(packed.map(({ name }) => [name, `$${name}`]));
  const manifest = { name: 'user-of-the-packages', private: true, type: 'module', dependencies, overrides };
  writeFileSync(join(work, 'package.json'), JSON.stringify(manifest));
  await tool('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-progress', '--omit=dev']);
}

/** What a first user does with the package. */
function useOf({ name, manifest }) {
  const installed = join(work, 'node_modules', name);
  const [program] = Object.keys(manifest.bin ?? {});
  if (program) return ['program', () => printed(join(work, 'node_modules', '.bin', program), ['--version'])];
  const readme = join(installed, 'README.md');
  const example = existsSync(readme) ? readmeExample(readFileSync(readme, 'utf8')) : undefined;
  if (example === undefined) {
    return ['import', () => tool('node', ['--input-type=module', '-e', `await import(${JSON.stringify(name)})`])];
  }
  const folder = join(work, 'examples');
  const file = join(folder, `${name.split('/').at(-1)}.ts`);
  return [
    'README example',
    async () => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, example);
      await printed('node', [file]);
    },
  ];
}

async function printed(program, args) {
  const { stdout } = await tool(program, args);
  if (stdout.trim() === '') throw new Error('it printed nothing');
}

async function tool(program, args, cwd = work) {
  try {
    return await run(program, args, { ...limits, cwd, env: toolEnvironment() });
  } catch (error) {
    const output = `${error.stdout ?? ''}${error.stderr ?? ''}`.trim();
    throw new Error(`${program} ${args.join(' ')}\n${output || error.message}`);
  }
}

async function check(title, action) {
  try {
    await action();
    return { title, ok: true };
  } catch (error) {
    return { title, ok: false, reason: error.message };
  }
}

function report({ name }, results) {
  const ok = results.every((result) => result.ok);
  const line = results.map((result) => (result.ok ? result.title : `${result.title} FAILED`)).join(', ');
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${name}: ${line}\n`);
  for (const { title, reason } of results.filter((result) => !result.ok)) {
    process.stdout.write(`       ${title}: ${reason.replaceAll('\n', '\n       ')}\n`);
  }
  return ok;
}
