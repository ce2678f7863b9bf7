import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { mutated } from '../text/mutated-text.test-support.ts';
import { phpCataloger } from './cataloger.ts';
import { parseComposerInstalled, parseComposerLock } from './parse-composer-packages.ts';
import { parsePearRegistry } from './parse-pear-registry.ts';
import { parseSerialized } from './parse-serialized.ts';

const inventory = async (layer: TestLayer) => {
  const result = await inventoryOf([layer], [phpCataloger as Cataloger]);
  return { ...result, packages: result.packages.toSorted((a, b) => (a.purl < b.purl ? -1 : 1)) };
};

const monolog = {
  ...{ name: 'Monolog/Monolog', version: '3.5.0', type: 'library', license: ['MIT'], description: 'Logs' },
  source: {
    type: 'git',
    url: 'https://token:x@github.com/Seldaek/monolog.git',
    reference: 'c915e2634718dbc8a4a15c61b0e62e7a44e14448',
  },
  dist: { type: 'zip', shasum: 'A'.repeat(40) },
  require: { php: '>=8.1', 'ext-json': '*', 'psr/log': '^2.0 || ^3.0' },
  authors: [{ name: 'Jordi', email: 'j@example.com' }, { name: 'Other' }],
  homepage: 'https://github.com/Seldaek/monolog',
};
const log = { name: 'psr/log', version: 'v3.0.0', license: 'MIT', dist: { shasum: '', reference: 'abc' } };
const other = {
  name: 'acme/log',
  version: '1.0',
  replace: { 'psr/log': '*' },
  provide: { 'psr/log-implementation': '1' },
};

/** What PHP's `serialize` writes. */
function serialized(value: unknown): string {
  if (value === null) return 'N;';
  if (typeof value === 'boolean') return `b:${value ? 1 : 0};`;
  if (typeof value === 'number') return Number.isInteger(value) ? `i:${value};` : `d:${value};`;
  if (typeof value === 'string') return `s:${Buffer.byteLength(value)}:"${value}";`;
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value as object);
  return `a:${entries.length}:{${entries.map(([key, item]) => serialized(key) + serialized(item)).join('')}}`;
}

const imagick = {
  ...{ name: 'imagick', channel: 'pecl.php.net', summary: 'ImageMagick für PHP', dirtree: { '/usr': true } },
  lead: [{ name: 'Dan', user: 'dan', email: 'dan@example.com', active: 'yes' }],
  version: { release: '3.7.0', api: '3.7.0' },
  stability: { release: 'stable', api: 'stable' },
  license: { attribs: { uri: 'http://www.php.net/license' }, _content: 'PHP License' },
};

describe('phpCataloger', () => {
  it('lists what Composer 2 installed, and what each needs', async () => {
    const { packages, relationships, problems } = await inventory({
      'app/vendor/composer/installed.json': JSON.stringify({
        packages: [monolog, log, other],
        'dev-package-names': ['acme/log'],
      }),
      'app/installed.json': '{',
    });
    expect(packages).toMatchObject([
      { purl: 'pkg:composer/acme/log@1.0', details: { dev: true } },
      {
        ...{ purl: 'pkg:composer/monolog/monolog@3.5.0', scope: 'installed', licenses: ['MIT'], description: 'Logs' },
        ...{ supplier: 'Jordi <j@example.com>, Other', hashes: [{ algorithm: 'SHA-1', content: 'a'.repeat(40) }] },
        details: {
          composerType: 'library',
          repository: 'https://github.com/Seldaek/monolog.git',
          reference: 'c915e2634718dbc8a4a15c61b0e62e7a44e14448',
        },
      },
      { purl: 'pkg:composer/psr/log@v3.0.0', licenses: ['MIT'], details: { reference: 'abc' } },
    ]);
    // The package itself counts before what replaces it.
    expect(relationships).toMatchObject([{ from: packages[1]?.id, to: packages[2]?.id }]);
    expect(problems).toEqual([]);
  });

  it('reads the list of Composer 1, and lock files as declared', async () => {
    const { packages } = await inventory({
      'a/vendor/composer/installed.json': JSON.stringify([monolog]),
      'b/composer.lock': JSON.stringify({ packages: [log], 'packages-dev': [other] }),
    });
    expect(packages.map(({ purl, scope, details }) => [purl, scope, details.dev])).toEqual([
      ['pkg:composer/acme/log@1.0', 'declared', true],
      ['pkg:composer/monolog/monolog@3.5.0', 'installed', undefined],
      ['pkg:composer/psr/log@v3.0.0', 'declared', undefined],
    ]);
  });

  it('lists what PEAR and PECL registered, in both formats', async () => {
    const old = { package: 'Archive_Tar', version: '1.4', release_license: 'New BSD', maintainers: [{ name: 'V' }] };
    const { packages } = await inventory({
      'usr/local/lib/php/.registry/.channel.pecl.php.net/imagick.reg': serialized(imagick),
      'usr/share/php/.registry/archive_tar.reg': serialized(old),
      'usr/share/windows.reg': 'REGEDIT4',
    });
    expect(packages).toMatchObject([
      { purl: 'pkg:pear/Archive_Tar@1.4', licenses: ['New BSD'], supplier: 'V' },
      {
        ...{ purl: 'pkg:pear/pecl.php.net/imagick@3.7.0', licenses: ['PHP License'] },
        ...{ supplier: 'Dan <dan@example.com>', description: 'ImageMagick für PHP', details: { stability: 'stable' } },
      },
    ]);
  });

  it('reports what it cannot read', async () => {
    const { problems } = await inventory({
      'a/composer.lock': '[]',
      'b/composer/installed.json': '{"packages":{}}',
      'c/.registry/x.reg': 'a:1:{',
      'd/.registry/x.reg': ' '.repeat(5 * 1024 * 1024),
    });
    expect(problems.map(({ path, code }) => [path, code])).toEqual([
      ['a/composer.lock', 'malformed'],
      ['b/composer/installed.json', 'malformed'],
      ['c/.registry/x.reg', 'malformed'],
      ['d/.registry/x.reg', 'too-large'],
    ]);
  });
});

describe('parseSerialized', () => {
  it('reads back what serialize writes', () => {
    const plain = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value')),
      ),
    })).value;
    const unfolded = (value: unknown): unknown => (value instanceof Map ? [...value.values()].map(unfolded) : value);
    fc.assert(
      fc.property(plain, (value) => {
        expect(unfolded(parseSerialized(Buffer.from(serialized(value))))).toEqual(value);
      }),
    );
  });

  it.each([
    '',
    'O:3:"Foo":0:{}',
    's:5:"abc";',
    's:-1:"";',
    'a:9999999999:{}',
    'i:;',
    'd:1',
    `${'a:1:{i:0;'.repeat(50)}`,
  ])('does not read %j', (text) => {
    expect(parseSerialized(Buffer.from(text))).toBeUndefined();
  });
});

it('the parsers read anything without error', () => {
  const texts = [JSON.stringify([monolog, log]), JSON.stringify({ packages: [other] }), serialized(imagick)];
  fc.assert(
    fc.property(mutated(...texts), (text) => {
      const pear = parsePearRegistry(Buffer.from(text)) ?? null;
      const read = [parseComposerInstalled(text) ?? null, parseComposerLock(text) ?? null, pear];
      expect(JSON.parse(JSON.stringify(read))).toEqual(read);
    }),
  );
});
