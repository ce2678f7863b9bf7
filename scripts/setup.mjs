// Installs and builds what is not current. Runs on Node 20 and with nothing installed; everything after it runs on the
// Node that the installation brings.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const stamps = join(modules, '.falcon-iar');

/** Environment for the project's own tools: its Node first, npm's own variables (which steer pnpm) left out. */
export function toolEnvironment() {
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_(config|package|lifecycle)_/.test(name));
  return {
    ...Object.fromEntries(inherited),
    ...{ PATH: [join(modules, '.bin'), process.env.PATH].join(delimiter) },
    ...{ TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', npm_config_update_notifier: 'false' },
  };
}

/** Brings the dependencies and the build up to date; quick when they are. Ends the process when a step fails. */
export function setUp() {
  const manifests = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...workspaceFiles('package.json')];
  step('install', 'Installing dependencies', fingerprint(manifests, contentOf), () => {
    const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    return ['npx', '--yes', packageManager, 'install', '--frozen-lockfile', '--loglevel=error'];
  });
  checkNode();
  const sources = [
    ...workspaceFiles('package.json'),
    ...workspaceFiles('tsconfig.json'),
    'tsconfig.base.json',
    'scripts/bundle.mjs',
  ];
  step('build', 'Building', fingerprint([...sources, ...sourceFiles()], changeOf), () => [
    ...['turbo', 'run', 'build', '--output-logs=errors-only', '--log-prefix=none'],
  ]);
}

/**
 * The Node that the installation brings is built for glibc on Linux. Where it does not run, it goes, and the system's
 * own is used, if that is new enough.
 */
function checkNode() {
  const brought = join(modules, '.bin', 'node');
  if (existsSync(brought)) {
    if (spawnSync(brought, ['--version']).status === 0) return;
    rmSync(brought);
  }
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return;
  process.stderr.write(
    `Node ${process.versions.node} is too old, and the one that comes with the project does not run here\n`,
  );
  process.stderr.write('hint: install Node 22.19 or later\n');
  process.exit(1);
}

function step(name, title, current, command) {
  const stamp = join(stamps, name);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === current) return;
  const started = Date.now();
  process.stderr.write(`${title} … `);
  const [program, ...args] = command();
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    ...{ cwd: root, env: toolEnvironment(), encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error || status !== 0) {
    process.stderr.write(`failed\n${stdout ?? ''}${stderr ?? ''}${error ? `${error.message}\n` : ''}`);
    process.stderr.write(`hint: the command was: ${[program, ...args].join(' ')}\n`);
    process.exit(1);
  }
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, current);
  process.stderr.write(`${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

function workspaceFiles(name) {
  const folders = ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group)).map((dir) => join(group, dir)),
  );
  return [...folders, 'examples', 'bench', 'e2e']
    .map((dir) => join(dir, name))
    .filter((file) => existsSync(join(root, file)));
}

function sourceFiles() {
  return workspaceFiles('src').flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => join(folder, file)),
  );
}

function fingerprint(files, of) {
  const hash = createHash('sha256').update(process.arch);
  for (const file of [...files].sort()) hash.update(`${file}\0${of(join(root, file))}\0`);
  return hash.digest('hex');
}

const contentOf = (file) => readFileSync(file, 'utf8');
const changeOf = (file) => `${statSync(file).mtimeMs} ${statSync(file).size}`;

if (process.argv[1] === fileURLToPath(import.meta.url)) setUp();
