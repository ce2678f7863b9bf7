import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInventoryScanRequest } from '../wire/parse-inventory-scan-request.ts';
import { context, digest } from './images.test-support.ts';
import type { InputFile, InputPackage, InventoryInput } from './inventory-input.ts';
import { factsOfBody, factsOfInput } from './round-trip.test-support.ts';
import { toFalconInventory } from './to-falcon-inventory.ts';

const layers = ['1', '2', '3'].map((digit) => ({
  ...{ digest: digest(digit), diffId: digest(`${digit}`), mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' },
  ...{ size: Number(digit) * 1000, createdAt: '2026-07-01T08:00:00Z', createdBy: `RUN step ${digit}` },
}));
const text = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
const layer = fc.nat({ max: layers.length - 1 });
const path = fc.array(fc.stringMatching(/^[\w.@-]+$/), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const details = fc.dictionary(text, fc.oneof(text, fc.boolean(), fc.integer(), fc.array(text, { maxLength: 2 })));
const sha256 = fc.stringMatching(/^[0-9a-f]{64}$/);
const size = fc.nat({ max: 2 ** 40 });
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const types = ['npm', 'pypi', 'maven', 'golang', 'gem', 'generic', 'huggingface', 'of-tomorrow', 'deb'];

const packages: fc.Arbitrary<InputPackage> = fc.record({
  type: fc.constantFrom(...types),
  class: fc.constantFrom('os', 'language', 'binary'),
  scope: fc.constantFrom('installed', 'declared'),
  ...{ namespace: maybe(text), name: text, version: text, architecture: maybe(text) },
  source: maybe(fc.record({ name: text, version: maybe(text) })),
  licenses: fc.array(text, { maxLength: 2 }),
  hashes: maybe(
    fc.array(fc.record({ algorithm: fc.constantFrom('SHA-1', 'SHA-256'), content: sha256 }), { maxLength: 1 }),
  ),
  occurrences: fc.array(fc.record({ path, introducedIn: layer }), { minLength: 1, maxLength: 3 }),
  details: fc.record({ status: text, installedAt: fc.constant('2026-07-01T08:00:00Z') }, { requiredKeys: [] }),
});
const files: fc.Arbitrary<InputFile> = fc.record({
  ...{ path, layer, size, sha256, details, mode: fc.nat({ max: 0o7777 }) },
  format: fc.constantFrom('elf', 'pe', 'mach-o', 'script', 'other'),
});
const inventories: fc.Arbitrary<InventoryInput> = fc.record({
  subject: fc.constant({
    ...{ reference: 'registry.acme.test/team/shop:1.2', digest: digest('a'), configDigest: digest('b') },
    ...{ platform: { os: 'linux', architecture: 'amd64' }, manifest: {}, config: {} },
  }),
  layers: fc.constant(layers),
  packages: fc.array(packages, { maxLength: 8 }),
  files: fc.array(files, { maxLength: 6 }),
  models: fc.array(fc.record({ path, layer, size, sha256, details, format: fc.constantFrom('gguf', 'pickle') })),
  secrets: fc.array(
    fc.record({ path, layer, line: fc.nat(9999), rule: text, name: maybe(text), hash: sha256, masked: text }),
  ),
  whiteouts: fc.array(fc.record({ path })),
});

describe('an upload body', () => {
  it('has everything of an inventory that the published models can hold', () => {
    fc.assert(
      fc.property(inventories, (input) => {
        const sent = JSON.parse(JSON.stringify(toFalconInventory(input, context)));
        expect(factsOfBody(parseInventoryScanRequest(sent))).toEqual(factsOfInput(input));
      }),
      { numRuns: 100 },
    );
  });
});
