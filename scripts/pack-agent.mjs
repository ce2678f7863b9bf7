// Writes what the container image adds to its base into a new folder: `node scripts/pack-agent.mjs DIR`.
//
//   DIR/node/     the Node that the lock pins, with its licence and manifest
//   DIR/agent/    the built agent with its production dependencies as the lock has them, and the program `iar`;
//                 no sources, types, maps or tests
//
// Each is a root file system, for a layer of its own: Node in /opt/falcon-iar/node, the agent in /opt/falcon-iar/agent,
// the program in /usr/local/bin. Needs the installation and a current build, no network. Equal input gives equal files,
// their times included, and so equal layers.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { root } from './setup.mjs';

/**
 * Packages that Node never loads: declarations, and those that streams and tar-stream choose by the import condition
 * `bare`, which is another JavaScript runtime's.
 */
const forOthers = /^(?:@types\/|bare-)/;
const declarations = /\.(?:[cm]?ts|map|tsbuildinfo|flow)$/;
const prose = /\.(?:md|markdown|mkd)$/i;
const terms = /^(?:licen[cs]e|copying|copyright|notice|patents)/i;
/** By these names at the top of a package alone: further down, `doc` or `test` can be code. */
const besideTheCode = /^(?:\..*|tests?|__tests__|docs?|examples?|bench(?:marks?)?|coverage|node_modules)$/;

const home = '/opt/falcon-iar';
const program = '/usr/local/bin/iar';

if (process.argv.length !== 3) fail('usage: node scripts/pack-agent.mjs DIR');
const target = resolve(process.argv[2]);
if (existsSync(target) && readdirSync(target).length > 0) fail(`${target} is not empty`);
const agent = join(root, 'apps/agent');
if (!existsSync(join(agent, 'dist/main.js'))) fail('the agent is not built', "run 'node scripts/setup.mjs' once");

copyNode(join(target, 'node', home, 'node'));
const agentHome = join(target, 'agent', home, 'agent');
for (const { from, to } of placed(agent, agentHome)) copyPackage(from, to);
copyFile(join(root, 'LICENSE'), join(agentHome, 'LICENSE'));
writeProgram(join(target, 'agent', program));
const size = settle(target);
process.stdout.write(`${target}: ${(size / 1e6).toFixed(1)} MB\n`);

/** The binary by its own name, as its package brings it. Its manifest stays, so that an inventory finds it. */
function copyNode(to) {
  const brought = join(root, 'node_modules/.bin/node');
  const binary = realpathSync(existsSync(brought) ? brought : process.execPath);
  copyFile(binary, join(to, 'node'));
  chmodSync(join(to, 'node'), 0o755);
  const from = dirname(dirname(binary));
  for (const name of ['LICENSE', 'package.json'].filter((file) => existsSync(join(from, file)))) {
    copyFile(join(from, name), join(to, name));
  }
}

/**
 * Where each package goes: all side by side, and a second version of one below the package that wants it. Packages are
 * placed in the order of their distance, so whatever a package finds above itself is in place before its own turn.
 */
function placed(from, to) {
  const places = new Map([[to, from]]);
  for (const [place, source] of places) {
    for (const { name, optional } of dependencies(source)) {
      if (forOthers.test(name)) continue;
      const wanted = installed(name, source);
      if (wanted === undefined && optional) continue;
      if (wanted === undefined) fail(`${name}, which ${source} needs, is not installed`);
      const seen = visible(name, place, to).find((path) => places.has(path));
      if (seen !== undefined && places.get(seen) === wanted) continue;
      places.set(join(seen === undefined ? to : place, 'node_modules', name), wanted);
    }
  }
  return [...places].map(([path, source]) => ({ from: source, to: path }));
}

function dependencies(folder) {
  const manifest = manifestOf(folder);
  const names = (field) => Object.keys(manifest[field] ?? {});
  const optionalPeers = names('peerDependenciesMeta').filter((name) => manifest.peerDependenciesMeta[name].optional);
  const optional = new Set([...names('optionalDependencies'), ...optionalPeers]);
  const needed = names('dependencies')
    .concat(names('peerDependencies'))
    .filter((name) => !optional.has(name));
  return [
    ...needed.map((name) => ({ name, optional: false })),
    ...names('optionalDependencies').map((name) => ({ name, optional: true })),
  ];
}

/** The folder that Node would find the package in, as a real path; undefined where it is not installed. */
function installed(name, from) {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
  }
  return undefined;
}

/** The places where a packed package would find another, nearest first. */
function visible(name, place, top) {
  const places = [];
  for (let folder = place; folder.length >= top.length; folder = dirname(folder)) {
    if (basename(folder) !== 'node_modules') places.push(join(folder, 'node_modules', name));
  }
  return places;
}

function copyPackage(from, to) {
  if (isOurs(from)) copyOurs(from, to);
  else copyOthers(from, to);
}

function isOurs(folder) {
  return !relative(root, folder).split(sep).includes('node_modules');
}

/** The build empties the folder first, so all of it is of today; tests have no part in it. */
function copyOurs(from, to) {
  copyFiles(join(from, 'dist'), join(to, 'dist'), (path) => !declarations.test(path));
  writeFileSync(join(to, 'package.json'), publishedManifest(from));
}

function copyOthers(from, to) {
  // Where the only statement of the licence is in the README, that is what stays.
  const hasTerms = readdirSync(from).some((name) => terms.test(name));
  const isKept = (name) => terms.test(name) || !prose.test(name) || (!hasTerms && /^readme/i.test(name));
  copyFiles(from, to, (path) => {
    return !besideTheCode.test(path.split(sep, 1)[0]) && !declarations.test(path) && isKept(basename(path));
  });
}

/** Copies the files of a package that are wanted, by their path in it. */
function copyFiles(from, to, isWanted) {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const path = relative(from, join(entry.parentPath, entry.name));
    if (entry.isFile() && isWanted(path)) copyFile(join(from, path), join(to, path));
  }
}

function copyFile(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, 0o644);
}

/** The manifest without what only the workspace understands or needs. */
function publishedManifest(folder) {
  const { devDependencies: _, scripts: __, dependencies = {}, ...manifest } = manifestOf(folder);
  const versions = Object.entries(dependencies).map(([name, range]) => {
    const isPlain = !/^(?:workspace|catalog):/.test(range);
    return [name, isPlain ? range : manifestOf(installed(name, folder)).version];
  });
  return `${JSON.stringify({ ...manifest, dependencies: Object.fromEntries(versions) }, undefined, 2)}\n`;
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/**
 * The program is a script that the kernel hands to Node: a small image has no shell, and a signal to the process is a
 * signal to Node. What the launcher `iar` sets is in the image's environment.
 */
function writeProgram(file) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!${home}/node/node\nimport('${home}/agent/dist/main.js');\n`);
  chmodSync(file, 0o755);
}

/** Gives everything the same time, whenever it was installed and built; the sum of all file sizes (bytes). */
function settle(path) {
  let size = 0;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) chmodSync(inner, 0o755);
    size += entry.isDirectory() ? settle(inner) : statSync(inner).size;
    utimesSync(inner, 0, 0);
  }
  return size;
}

function fail(message, hint) {
  process.stderr.write(`pack-agent: ${message}\n${hint === undefined ? '' : `hint: ${hint}\n`}`);
  process.exit(1);
}
