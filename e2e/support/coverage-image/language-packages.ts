import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { runTool } from '../run-tool.ts';
import { inTree } from './in-tree.ts';

/** Builds a gem in the tree and has RubyGems install it. */
export async function installGem(tree: string, name: string, version: string): Promise<void> {
  const spec = `Gem::Specification.new do |s|
  s.name = '${name}'
  s.version = '${version}'
  s.summary = 'made for a test'
  s.authors = ['Nobody']
  s.license = 'MIT'
  s.files = ['lib/${name}.rb']
end
`;
  const sources = { [`lib/${name}.rb`]: '', [`${name}.gemspec`]: spec };
  await withSources(tree, sources, async (directory) => {
    await inTree(tree, 'sh', [
      '-c',
      `cd ${directory} && gem build ${name}.gemspec && gem install --local --no-document *.gem`,
    ]);
  });
}

/** Has LuaRocks build and install a rock. */
export async function installRock(tree: string, name: string, version: string): Promise<void> {
  const spec = `rockspec_format = "3.0"
package = "${name}"
version = "${version}"
source = { url = "file:///tmp/src/${name}.lua" }
description = { license = "MIT" }
build = { type = "builtin", modules = { ["${name}"] = "${name}.lua" } }
`;
  await withSources(
    tree,
    { [`${name}.lua`]: 'return {}\n', [`${name}-${version}.rockspec`]: spec },
    async (directory) => {
      await inTree(tree, 'sh', ['-c', `cd ${directory} && luarocks make ${name}-${version}.rockspec`]);
    },
  );
}

/** Where the tree has its project of Composer. */
export const composerProject = 'srv/shop';

/** Has Composer bring a project in line with packages of these names and versions. */
export async function composerInstall(tree: string, packages: Readonly<Record<string, string>>): Promise<void> {
  const sources: Record<string, string> = {};
  for (const [name, version] of Object.entries(packages)) {
    sources[`${name}/composer.json`] = JSON.stringify({ name, version, license: 'MIT' });
  }
  const manifest = {
    ...{ name: 'iar/shop', license: 'MIT', 'minimum-stability': 'RC' },
    repositories: [{ type: 'path', url: '/tmp/src/*/*', options: { symlink: false } }, { 'packagist.org': false }],
    require: Object.fromEntries(Object.keys(packages).map((name) => [name, '*'])),
  };
  await mkdir(join(tree, composerProject), { recursive: true });
  await writeFile(join(tree, composerProject, 'composer.json'), JSON.stringify(manifest));
  await withSources(tree, sources, async () => {
    await inTree(tree, 'composer', [
      'update',
      '--no-interaction',
      '--no-progress',
      `--working-dir=/${composerProject}`,
    ]);
  });
}

/** Writes sources into the tree for as long as something is made of them. */
async function withSources(
  tree: string,
  sources: Readonly<Record<string, string>>,
  make: (directory: string) => Promise<void>,
): Promise<void> {
  await writeFiles(join(tree, 'tmp/src'), sources);
  await make('/tmp/src');
  for (const name of await readdir(join(tree, 'tmp'))) await rm(join(tree, 'tmp', name), { recursive: true });
}

/** Has Go build a program with one module in it that is vendored. */
export async function goProgram(scratch: string, dependency: string, file: string): Promise<void> {
  const sources = {
    'go.mod': `module example.com/server\n\ngo 1.19\n\nrequire example.com/dependency ${dependency}\n`,
    'main.go': `package main\n\nimport "example.com/dependency"\n\nfunc main() { println(dependency.Name) }\n`,
    'vendor/modules.txt': `# example.com/dependency ${dependency}\n## explicit; go 1.19\nexample.com/dependency\n`,
    'vendor/example.com/dependency/name.go': 'package dependency\n\nconst Name = "dependency"\n',
  };
  const directory = join(scratch, `go-${dependency}`);
  await writeFiles(directory, sources);
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=vendor', GOPROXY: 'off' };
  await runTool('go', ['build', '-o', file, '.'], { cwd: directory, env });
}

/** A crate as `cargo metadata` tells it. */
export interface Crate {
  readonly name: string;
  readonly version: string;
}

/**
 * Has Rust compile a program that needs one crate, and embeds what Cargo says of both as `cargo auditable` does.
 *
 * @returns what Cargo says
 */
export async function rustProgram(scratch: string, dependency: string, file: string): Promise<Crate[]> {
  const directory = join(scratch, `rust-${dependency}`);
  const package_ = (name: string, version: string): string =>
    `[package]\nname = "${name}"\nversion = "${version}"\nedition = "2021"\n`;
  await writeFiles(directory, {
    'Cargo.toml': `${package_('rust-server', '0.4.0')}\n[dependencies]\nrust-dependency = { path = "dependency" }\n`,
    'src/main.rs': 'fn main() {}\n',
    'dependency/Cargo.toml': package_('rust-dependency', dependency),
    'dependency/src/lib.rs': '',
  });
  const output = await runTool('cargo', ['metadata', '--offline', '--format-version', '1'], { cwd: directory });
  const { packages: crates } = JSON.parse(output) as { packages: Crate[] };
  const packages = crates.map(({ name, version }) => {
    const isRoot = name === 'rust-server';
    const needed = crates.findIndex((crate) => crate.name === 'rust-dependency');
    return { name, version, source: 'local', ...(isRoot && { root: true, dependencies: [needed] }) };
  });
  const data = deflateSync(JSON.stringify({ packages }));
  await writeFile(join(directory, 'audit.bin'), data);
  const section = `#[used]\n#[link_section = ".dep-v0"]\nstatic AUDIT: [u8; ${data.length}] = *include_bytes!("audit.bin");\n`;
  await writeFile(join(directory, 'main.rs'), `${section}fn main() { println!("{}", AUDIT.len()); }\n`);
  await runTool('rustc', ['-C', 'strip=symbols', '-o', file, 'main.rs'], { cwd: directory });
  return crates.map(({ name, version }) => ({ name, version }));
}

async function writeFiles(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
}
