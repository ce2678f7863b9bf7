import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, type TestLayer } from '../assemble/image.test-support.ts';
import { defaultCatalogers } from './default-catalogers.ts';

const encoder = new TextEncoder();

/** A good file for each place that some cataloger reads. */
const seeds: Readonly<Record<string, string>> = {
  'etc/os-release': 'ID=debian\nVERSION_ID="12"\nNAME="Debian \\"GNU\\""\n',
  'etc/lsb-release': 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\n',
  'etc/alpine-release': '3.20.1\n',
  'etc/debian_version': '12.5\n',
  'etc/redhat-release': 'CentOS Linux release 7.9.2009 (Core)\n',
  'etc/system-release-cpe': 'cpe:/o:amazon:linux:2018.03:ga\n',
  'var/lib/dpkg/status':
    'Package: a\nStatus: install ok installed\nVersion: 1\nSource: s (2)\nDepends: b | c (>= 1), d\nProvides: b\n\nPackage: b\nVersion: 1\n',
  'var/lib/dpkg/status.d/c': 'Package: c\nVersion: 1\nDescription: x\n more\n',
  'var/lib/dpkg/status.d/c.md5sums': `${'0'.repeat(32)}  usr/bin/c\n`,
  'var/lib/dpkg/info/a.list': '/.\n/usr\n/usr/bin\n/usr/bin/a\n',
  'lib/apk/db/installed': 'P:a\nV:1\nD:so:x b\np:so:y=1\nF:usr/bin\nR:a\nI:12\n\nP:b\nV:2\n',
  'app/node_modules/a/package.json': '{"name":"a","version":"1","license":{"type":"MIT"},"dependencies":{"b":"1"}}',
  'app/site/a-1.dist-info/METADATA': 'Name: a\nVersion: 1\nLicense: MIT\nRequires-Dist: b; extra == "x"\n\nBody\n',
  'app/site/a-1.dist-info/direct_url.json': '{"url":"https://u:p@example.com","vcs_info":{"commit_id":"x"}}',
  'app/site/a-1.dist-info/INSTALLER': 'pip\n',
  'app/site/b-1.egg-info': 'Name: b\nVersion: 1\n',
};

/** A seed with a few bytes changed, doubled or cut away. */
const mutated = fc.constantFrom(...Object.values(seeds)).chain((seed) => {
  const edit = fc.record({ at: fc.nat(seed.length), remove: fc.nat(8), insert: fc.uint8Array({ maxLength: 8 }) });
  return fc.array(edit, { minLength: 1, maxLength: 6 }).map((edits) =>
    edits.reduce((bytes, { at, remove, insert }) => {
      const after = bytes.subarray(at + remove);
      return Uint8Array.from([...bytes.subarray(0, at), ...insert, ...after]);
    }, encoder.encode(seed)),
  );
});

describe('defaultCatalogers', () => {
  it('all find something in good files, and no problem', async () => {
    const inventory = await inventoryOf([seeds], defaultCatalogers);
    expect(inventory.problems).toEqual([]);
    expect(new Set(inventory.packages.map(({ cataloger }) => cataloger))).toEqual(
      new Set(['apk', 'dpkg', 'npm', 'python']),
    );
    expect(inventory.distro?.id).toBe('debian');
    expect(inventory.relationships.length).toBeGreaterThan(0);
  });

  it('have names and versions that tell them apart', () => {
    expect(new Set(defaultCatalogers.map(({ name }) => name)).size).toBe(defaultCatalogers.length);
  });

  it('answer arbitrary and mutated bytes with packages or problems, never with an error, and with plain JSON', async () => {
    const content = fc.oneof(mutated, fc.uint8Array({ maxLength: 200 }));
    const layer = fc.dictionary(fc.constantFrom(...Object.keys(seeds)), content, { minKeys: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(layer, { minLength: 1, maxLength: 2 }), async (layers) => {
        const inventory = await inventoryOf(layers as TestLayer[], defaultCatalogers);
        expect(JSON.parse(JSON.stringify(inventory))).toEqual(inventory);
        for (const { code, reason } of inventory.problems) {
          expect(code).toBe('malformed');
          // What a parser says on purpose; an accident would have an error's name or a stack.
          expect(reason).not.toMatch(/TypeError|RangeError|Cannot read|undefined/);
        }
      }),
      { numRuns: 300 },
    );
  });
});
