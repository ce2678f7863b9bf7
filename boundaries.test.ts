import { existsSync, globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAst } from 'vitest/node';

// The architecture's table of packages: what each may need at run time, and the entry points it may offer.
const libraries: Readonly<Record<string, Boundary>> = {
  'oci-registry': {
    // smol-toml: hosts.toml and registries.conf, in the subpath /hosts alone.
    dependencies: ['undici', 'zod', 'tar-stream', 'smol-toml'],
    exports: ['.', './testing', './ecr', './acr', './gar', './hosts'],
  },
  'layer-extract': { dependencies: ['tar-stream'], exports: ['.', './testing'] },
  sbom: {
    dependencies: ['packageurl-js', 'saxes', 'smol-toml', 'yaml', 'spdx-expression-parse', 'spdx-license-ids'],
    exports: [
      '.',
      './dpkg',
      './apk',
      './rpmdb',
      './go-buildinfo',
      './executable',
      './java-archive',
      './worker',
      './inventory.schema.json',
    ],
  },
  'falcon-api': { dependencies: ['undici', 'zod'], exports: ['.', './testing'] },
  'k8s-watcher': { dependencies: ['undici', 'yaml'], exports: ['.', './testing'] },
  'runtime-socket': {
    dependencies: ['@connectrpc/connect', '@connectrpc/connect-node', '@bufbuild/protobuf', 'undici', 'zod'],
    exports: ['.', './testing'],
  },
};
const scope = '@falcon-iar/';
const app: Boundary = {
  dependencies: [
    ...Object.keys(libraries).map((name) => scope + name),
    // undici: the proxy and the certificates that the Falcon client is handed.
    ...['commander', 'pino', 'prom-client', 'zod', 'yaml', 'p-limit', 'lru-cache', 'undici'],
  ],
  exports: [],
};
const longestFile = 320;
/** Names that say nothing of what is inside. */
const emptyNames =
  /^(?:utils?|helpers?|common|misc|managers?|shared|types|constants)(?:\.|$)|-(?:utils?|helpers?|manager)\b/;
/** What a library must leave to the program that uses it, wherever it stands. */
const appOnlyMembers = ['process.env', 'process.argv', 'process.exit', 'process.stdout', 'process.stderr'];
/** What must not happen merely because a library is imported. */
const effects = ['setTimeout', 'setInterval', 'setImmediate', 'fetch', 'Date.now', 'Math.random', 'performance.now'];
const effectModules = /^node:(?:fs|fs\/promises|net|tls|http|https|http2|dns|dgram|child_process|worker_threads)$/;
/** What those modules offer that only computes. */
const pureBindings = ['BlockList', 'SocketAddress', 'isIP', 'isIPv4', 'isIPv6'];

interface Boundary {
  readonly dependencies: readonly string[];
  readonly exports: readonly string[];
}

interface SyntaxNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly isTest: boolean;
  readonly program: SyntaxNode;
}

const root = import.meta.dirname;
const packages = [
  ...Object.entries(libraries).map(([name, boundary]) => describePackage(`packages/${name}`, boundary, true)),
  describePackage('apps/agent', app, false),
];

it('holds every package of the workspace', () => {
  const found = globSync('{packages,apps}/*/package.json', { cwd: root }).map((path) => dirname(path));
  expect(found.sort()).toEqual(packages.map(({ folder }) => folder).sort());
});

it('mentions no path of the machine it was written on', () => {
  const ownPaths = [root, homedir()].filter((path) => path.split('/').length > 2);
  const isForeign = (name: string): boolean => ['node_modules', 'dist', 'fixtures', '.git', 'out'].includes(name);
  const leaks = globSync('**/*.{ts,mjs,js,json,md,yaml}', { cwd: root, exclude: isForeign }).filter((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return ownPaths.some((own) => text.includes(own)) || /["'`\s](?:file:\/\/)?\/(?:Users|home)\/\w/.test(text);
  });
  expect(leaks).toEqual([]);
});

describe.each(packages)('$folder', ({ folder, manifest, boundary, isLibrary, files, sources }) => {
  it('needs at run time only what the table allows', () => {
    expect(boundary.dependencies).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies ?? {})));
    expect(manifest).not.toHaveProperty('peerDependencies');
    expect(manifest).not.toHaveProperty('optionalDependencies');
  });

  it('offers only the entry points of the table, each with its source', () => {
    const { './package.json': _, ...entries } = manifest.exports;
    expect(boundary.exports).toEqual(expect.arrayContaining(Object.keys(entries)));
    const targets = Object.values(entries).map((target) => target['@falcon-iar/source'] ?? 'no source condition');
    expect(targets.filter((target) => !existsSync(join(root, folder, target)))).toEqual([]);
  });

  it('imports nothing that is not declared', () => {
    const declared = Object.keys(manifest.dependencies ?? {});
    const strays = importsOf(sources).filter(({ name }) => name !== undefined && !declared.includes(name));
    expect(strays.map(whereAndWhat)).toEqual([]);
  });

  it('imports no other package of ours, and no file outside its own sources', () => {
    const ours = importsOf(files).filter(({ name }) => name?.startsWith(scope) && isLibrary);
    const outside = importsOf(files).filter(({ file, specifier }) => {
      const target = resolve(root, dirname(file.path), specifier);
      return specifier.startsWith('.') && relative(join(root, folder, 'src'), target).startsWith('..');
    });
    expect([...ours, ...outside].map(whereAndWhat)).toEqual([]);
  });

  it('names a file after the one concept in it', () => {
    const badlyNamed = files.filter(({ path }) =>
      relative(join(folder, 'src'), path)
        .split('/')
        .some((part) => emptyNames.test(part) || !/^[a-z0-9]+(?:[-.][a-z0-9]+)*$/.test(part)),
    );
    expect(badlyNamed.map(({ path }) => path)).toEqual([]);
  });

  it(`has no source file of more than ${longestFile} lines`, () => {
    const lines = ({ text }: SourceFile): number => text.trimEnd().split('\n').length;
    const long = sources.filter((file) => lines(file) > longestFile);
    expect(long.map((file) => `${file.path}: ${lines(file)} lines`)).toEqual([]);
  });
});

describe.each(packages.filter(({ isLibrary }) => isLibrary))('$folder, a library,', ({ sources }) => {
  it('has index files that only re-export, name by name', () => {
    const indexes = sources.filter(({ path }) => basename(path) === 'index.ts');
    const others = indexes.flatMap(({ path, program }) =>
      (program.body as SyntaxNode[])
        .filter(({ type, source, specifiers }) => {
          const isEmpty = source === null && (specifiers as unknown[] | undefined)?.length === 0;
          return type !== 'ExportNamedDeclaration' || !(source || isEmpty);
        })
        .map(({ type }) => `${path}: ${type}`),
    );
    expect(others).toEqual([]);
  });

  it('leaves environment, arguments, output and the place of its own files to the app', () => {
    const uses = sources.flatMap((file) =>
      nodesOf(file.program)
        .filter(({ node }) => isAppOnly(node))
        .map(({ node }) => `${file.path}: ${nameOf(node) ?? 'import.meta'}`),
    );
    expect(uses).toEqual([]);
  });

  it('does nothing when it is imported: no timer, no clock, no random, no I/O', () => {
    const uses = sources.flatMap((file) => {
      const names = new Set([...effects, ...effectBindings(file.program)]);
      return nodesOf(file.program)
        .filter(({ node, deferred }) => !deferred && (node.type === 'CallExpression' || node.type === 'NewExpression'))
        .map(({ node }) => nameOf(node.callee as SyntaxNode))
        .filter((name) => name !== undefined && (names.has(name) || names.has(name.split('.')[0]!)))
        .map((name) => `${file.path}: ${name}`);
    });
    expect(uses).toEqual([]);
  });
});

describe('the reader of imports', () => {
  it('sees every way a module can name another', () => {
    const text = [
      `import type { A } from 'a'; import { type B } from 'b/sub'; import '@s/c/d'; export * from './e.ts';`,
      `type F = import('f').F; const g = await import('g'); const h = "import 'no'"; // import 'no'`,
    ].join('\n');
    const names = importsOf([sourceFile('x.ts', text)]).map(({ specifier, name }) => name ?? specifier);
    expect(names.sort()).toEqual(['./e.ts', '@s/c', 'a', 'b', 'f', 'g']);
  });
});

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

function describePackage(folder: string, boundary: Boundary, isLibrary: boolean) {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
  // Generated code follows its generator.
  const paths = globSync('src/**/*.ts', { cwd: join(root, folder) }).filter((path) => !path.startsWith('src/gen/'));
  const files = paths
    .sort()
    .map((path) => sourceFile(`${folder}/${path}`, readFileSync(join(root, folder, path), 'utf8')));
  const sources = files.filter((file) => !file.isTest);
  return { folder, manifest, boundary, isLibrary, files, sources };
}

function sourceFile(path: string, text: string): SourceFile {
  // The parser knows TypeScript by this option, which its declared type does not show.
  const program = parseAst(text, { lang: 'ts' } as Parameters<typeof parseAst>[1]) as unknown as SyntaxNode;
  return { path, text, isTest: /\.test(?:-\w+)?\.ts$/.test(path), program };
}

interface ModuleImport {
  readonly file: SourceFile;
  readonly specifier: string;
  /** Name of the package it is in; undefined for relative ones and Node's own. */
  readonly name: string | undefined;
}

/** Every module a file names, types included. */
function importsOf(files: readonly SourceFile[]): ModuleImport[] {
  const importing = /^(?:Import(?:Declaration|Expression)|Export(?:Named|All)Declaration|TSImportType)$/;
  return files.flatMap((file) =>
    nodesOf(file.program)
      .filter(({ node }) => importing.test(node.type) && node.source !== null)
      .map(({ node }) => {
        const source = node.source as SyntaxNode;
        const specifier = typeof source.value === 'string' ? source.value : 'computed at run time';
        const isOwn = specifier.startsWith('.') || isBuiltin(specifier);
        return { file, specifier, name: isOwn ? undefined : /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] };
      }),
  );
}

function whereAndWhat({ file, specifier }: ModuleImport): string {
  return `${file.path}: ${specifier}`;
}

/** All nodes below one, each with whether it runs later than at import: inside a function. */
function nodesOf(node: SyntaxNode, deferred = false): { node: SyntaxNode; deferred: boolean }[] {
  const inside = deferred || /Function|^PropertyDefinition$/.test(node.type);
  const children = Object.values(node).flat().filter(isNode);
  return [{ node, deferred }, ...children.flatMap((child) => nodesOf(child, inside))];
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** `a` or `a.b`, for identifiers and plain member expressions. */
function nameOf(node: SyntaxNode): string | undefined {
  if (node.type === 'Identifier') return node.name as string;
  if (node.type !== 'MemberExpression' || node.computed) return undefined;
  const object = nameOf(node.object as SyntaxNode);
  return object && `${object}.${(node.property as SyntaxNode).name}`;
}

function isAppOnly(node: SyntaxNode): boolean {
  if (node.type === 'MetaProperty') return (node.meta as SyntaxNode).name === 'import';
  const name = nameOf(node);
  return name !== undefined && (appOnlyMembers.includes(name) || name.startsWith('console.'));
}

/** Local names of what a module takes from Node's I/O modules. */
function effectBindings(program: SyntaxNode): string[] {
  return (program.body as SyntaxNode[])
    .filter(
      ({ type, source }) => type === 'ImportDeclaration' && effectModules.test((source as SyntaxNode).value as string),
    )
    .flatMap(({ specifiers }) => (specifiers as SyntaxNode[]).map(({ local }) => (local as SyntaxNode).name as string))
    .filter((name) => !pureBindings.includes(name));
}
