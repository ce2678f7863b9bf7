import { describe, expect, it } from 'vitest';
import type { Cataloger } from '../catalog/cataloger.ts';
import type { PackageFinding } from '../catalog/finding.ts';
import type { Inventory } from '../model/inventory.ts';
import { assembleInventory } from './assemble-inventory.ts';
import type { DeclaredPackages } from './declared-packages.ts';
import { plainView, subjectFor } from './image.test-support.ts';

/** `scope type name@version path`. */
function finding(line: string): PackageFinding {
  const [scope, type, identity = '', path = ''] = line.split(' ') as ['installed' | 'declared', string, string, string];
  const at = identity.lastIndexOf('@');
  return {
    ...{ kind: 'package', key: `${identity} ${path}`, type, class: 'language', scope },
    ...{ name: identity.slice(0, at), version: identity.slice(at + 1) },
    occurrence: { path, layer: 0, introducedIn: 0 },
  };
}

function inventoryOf(
  lines: readonly string[],
  declared?: DeclaredPackages,
  needs: readonly (readonly [from: string, to: string])[] = [],
): Inventory {
  const stating: Cataloger = {
    ...{ name: 'stating', version: '1', select: {}, extract: async () => undefined },
    *assemble() {
      yield* lines.map(finding);
      for (const [from, to] of needs) yield { kind: 'depends-on', from, to };
    },
  };
  const facts = [{ version: 1 as const, catalogers: ['stating@1'], paths: [], problems: [] }];
  const input = { subject: subjectFor([{}]), view: plainView([{}]), facts, catalogers: [stating] };
  const result = assembleInventory({ ...input, ...(declared && { declared }) });
  if (Array.isArray(result)) throw new Error('nothing was needed');
  return result;
}

const listed = ({ packages }: Inventory): string[] =>
  packages.map(({ scope, name, version, occurrences }) =>
    [scope, `${name}@${version}`, ...occurrences.map(({ path }) => path)].join(' '),
  );

describe('declared packages', () => {
  it('are listed where nothing of their type is installed', () => {
    const inventory = inventoryOf(['declared npm a@1 app/package-lock.json', 'installed pypi b@1 lib/b/METADATA']);
    expect(listed(inventory)).toEqual(['declared a@1 app/package-lock.json', 'installed b@1 lib/b/METADATA']);
    expect(inventory).not.toHaveProperty('omitted');
  });

  it('are left out where the same package is installed anywhere, and counted', () => {
    const inventory = inventoryOf([
      'declared npm a@1 app/package-lock.json',
      'declared npm a@2 app/package-lock.json',
      'installed npm a@1 elsewhere/node_modules/a/package.json',
      'declared pypi Some_Thing@1 app/poetry.lock',
      'installed pypi some-thing@1 lib/some_thing/METADATA',
    ]);
    expect(listed(inventory)).toEqual([
      'installed a@1 elsewhere/node_modules/a/package.json',
      'declared a@2 app/package-lock.json',
      'installed some-thing@1 lib/some_thing/METADATA',
    ]);
    expect(inventory.omitted).toEqual({ declared: 2 });
    expect(inventory.complete).toBe(true);
  });

  describe('of a system that installs beside its lock file', () => {
    it('are left out where something is installed beside each of their lock files', () => {
      const inventory = inventoryOf([
        'declared npm build@1 app/package-lock.json',
        'declared npm dev@1 app/package-lock.json',
        'declared npm dev@1 tool/package-lock.json',
        'declared npm other@1 application/package-lock.json',
        'installed npm a@1 app/sub/node_modules/a/package.json',
      ]);
      expect(listed(inventory)).toEqual([
        'installed a@1 app/sub/node_modules/a/package.json',
        'declared dev@1 app/package-lock.json tool/package-lock.json',
        'declared other@1 application/package-lock.json',
      ]);
      expect(inventory.omitted).toEqual({ declared: 1 });
    });

    it('are listed where the project itself is all that is there', () => {
      const lines = ['declared npm a@1 app/package-lock.json', 'installed npm app@1 app/package.json'];
      expect(listed(inventoryOf(lines))).toHaveLength(2);
    });

    it('are left out where the lock file came with an installed package', () => {
      const inventory = inventoryOf([
        'declared npm test-tool@1 app/node_modules/a/package-lock.json',
        'installed npm a@1 app/node_modules/a/package.json',
      ]);
      expect(listed(inventory)).toEqual(['installed a@1 app/node_modules/a/package.json']);
    });
  });

  it('of a system that installs into one place are left out where anything is installed', () => {
    const inventory = inventoryOf([
      'declared golang golang.org/x/net@v1 src/go.mod',
      'declared cargo serde@1 src/Cargo.lock',
      'installed golang stdlib@1 usr/bin/tool',
    ]);
    expect(listed(inventory)).toEqual(['declared serde@1 src/Cargo.lock', 'installed stdlib@1 usr/bin/tool']);
  });

  it('are all listed, or none, where that is asked for', () => {
    const lines = [
      'declared npm a@1 app/package-lock.json',
      'installed npm a@1 app/node_modules/a/package.json',
      'declared gem b@1 app/Gemfile.lock',
    ];
    expect(listed(inventoryOf(lines, 'always'))).toHaveLength(3);
    const none = inventoryOf(lines, 'never');
    expect(listed(none)).toEqual(['installed a@1 app/node_modules/a/package.json']);
    expect(none.omitted).toEqual({ declared: 2 });
  });

  it('keep their relations, through the installed package where that is the same', () => {
    const [lock, installed] = ['app/yarn.lock', 'other/node_modules/a/package.json'];
    const { packages, relationships } = inventoryOf(
      [`declared npm a@1 ${lock}`, `declared npm b@1 ${lock}`, `installed npm a@1 ${installed}`],
      'beside-nothing',
      [[`b@1 ${lock}`, `a@1 ${lock}`]],
    );
    const id = (name: string, scope: string) => packages.find((pkg) => pkg.name === name && pkg.scope === scope)?.id;
    expect(relationships).toEqual([{ type: 'depends-on', from: id('b', 'declared'), to: id('a', 'installed') }]);
  });
});
