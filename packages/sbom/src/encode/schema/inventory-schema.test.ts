import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import { defaultCatalogers } from '../../catalogers/default-catalogers.ts';
import { fullInventory, testInventory } from '../inventory.test-support.ts';
import { generateInventorySchema, type JsonSchema, printSchema } from './generate-schema.test-support.ts';

const file = '../../../schema/inventory-1.schema.json';
const published: JsonSchema = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
const ajv = (): Ajv2020 => new Ajv2020({ allErrors: true, strict: true });

/** What an inventory has that the schema does not allow, or does not describe. */
function faults(inventory: unknown): string[] {
  const validate = ajv().compile(closed(published) as JsonSchema);
  validate(JSON.parse(JSON.stringify(inventory)));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The schema with no room for members that it does not name; the published one leaves room for later versions. */
function closed(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return schema;
  const parts = Object.fromEntries(Object.entries(schema).map(([keyword, value]) => [keyword, closed(value)]));
  return 'properties' in schema && 'required' in schema ? { ...parts, additionalProperties: false } : parts;
}

describe('the schema of an inventory', () => {
  it('is what the model says; after a change of the model run this test once with --update', async () => {
    await expect(printSchema(generateInventorySchema())).toMatchFileSnapshot(file);
  });

  it('allows every inventory, from the emptiest to the fullest', () => {
    expect(faults(testInventory())).toEqual([]);
    expect(faults(fullInventory)).toEqual([]);
  });

  it('describes everything in an image that was really read', async () => {
    const inventory = await inventoryOf(
      [
        {
          'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
          'var/lib/dpkg/status':
            'Package: a\nStatus: install ok installed\nVersion: 1\nSource: s (2)\nDepends: b\n\nPackage: b\nVersion: 2\n',
        },
        {
          'app/node_modules/x/package.json': '{"name":"x","version":"1.0.0","license":"MIT","private":true}',
          'app/node_modules/y/package.json': '{',
          'etc/os-release': null,
        },
      ],
      defaultCatalogers,
    );
    expect(inventory.packages.length).toBeGreaterThan(2);
    expect(inventory.problems.length).toBeGreaterThan(0);
    expect(faults(inventory)).toEqual([]);
  });

  it.each([
    ['another version', { schema: 'falcon-iar/inventory/2' }],
    ['no layers', { layers: undefined }],
    ['a layer below zero', { whiteouts: [{ path: 'a', layer: -1, opaque: false }] }],
    ['a code that nobody knows', { problems: [{ cataloger: 'a', path: 'b', code: 'odd', reason: 'c' }] }],
    ['a package in no place', { packages: fullInventory.packages.map((pkg) => ({ ...pkg, occurrences: [] })) }],
    ['a hash of half the length', { files: fullInventory.files.map((record) => ({ ...record, sha256: 'ab' })) }],
  ])('refuses %s', (_, change) => {
    expect(faults({ ...fullInventory, ...change })).not.toEqual([]);
  });

  it('leaves room for what a later version of the program adds', () => {
    const validate = ajv().compile(published);
    expect(validate(JSON.parse(JSON.stringify({ ...fullInventory, context: [] })))).toBe(true);
  });
});
