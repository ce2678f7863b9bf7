import { describe, expect, it } from 'vitest';
import { checkInventoryScanRequest, parseInventoryScanRequest } from './parse-inventory-scan-request.ts';
import { bodyShape, sampleOf } from './schema-shape.test-support.ts';

type Loose = Record<string, never>;

/** Members that were published after the public SDK's sample was written, by where they stand. */
const younger: readonly (readonly [string, readonly string[]])[] = [
  ['high_entropy_strings.0.Strings.0', ['Hash', 'Name']],
  ['inventory', ['HashedFiles']],
  ['inventory.interesting_strings.0.Strings.0', ['Hash', 'Name']],
  ['inventory.OSInfo', ['DisplayVersion', 'EditionID', 'InstallType', 'LayerHash', 'LayerIndex']],
  ['inventory.Packages.0', ['InstallDate']],
  ...['inventory', 'scan_request'].flatMap((part): [string, string[]][] => [
    [`${part}.ImageInfo`, ['IndexDigest']],
    [`${part}.Manifest`, ['annotations', 'artifactType', 'subject']],
    [`${part}.Manifest.config`, ['artifactType', 'data']],
    [`${part}.Manifest.layers.0`, ['artifactType', 'data']],
  ]),
];

function sampleOf2025(): unknown {
  const body = sampleOf(bodyShape) as Loose;
  for (const [path, members] of younger) {
    const owner = path.split('.').reduce((value, key) => value[key] as unknown as Loose, body);
    for (const member of members) {
      expect(delete owner[member]).toBe(true);
    }
  }
  return body;
}

describe('the sample body of the public SDK', () => {
  it('is accepted with every member of today', () => {
    const body = sampleOf(bodyShape);
    expect(parseInventoryScanRequest(body)).toEqual(body);
  });

  it('is accepted as it was in July 2025, and its missing index digest is read as empty', () => {
    const request = parseInventoryScanRequest(sampleOf2025());
    expect(request.inventory.ImageInfo).toMatchObject({ Digest: 'string', IndexDigest: '' });
    expect(request.scan_request.ImageInfo).toMatchObject({ IndexDigest: '' });
  });

  it('may leave the index digest empty, but not give something else for it', () => {
    const body = sampleOf(bodyShape) as { inventory: { ImageInfo: Record<string, unknown> } };
    body.inventory.ImageInfo.IndexDigest = '';
    expect(checkInventoryScanRequest(body).valid).toBe(true);
    body.inventory.ImageInfo.IndexDigest = null;
    expect(checkInventoryScanRequest(body).valid).toBe(false);
  });
});
