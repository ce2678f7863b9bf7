import { describe, expect, it } from 'vitest';
import { fullInventoryScanRequest } from '../testing/full-request.ts';
import { minimalInventoryScanRequest } from '../testing/minimal-request.ts';
import { checkInventoryScanRequest } from '../wire/parse-inventory-scan-request.ts';
import { fitBody, optionalParts } from './shed-optional-parts.ts';

/** A body that has something of every optional part. */
const full = (() => {
  const request = fullInventoryScanRequest();
  const { inventory } = request;
  const Details = { linked: ['libc.so.6'] };
  return {
    ...request,
    inventory: {
      ...inventory,
      ELFBinaries: inventory.ELFBinaries.map((each) => ({ ...each, Details })),
      MLModels: inventory.MLModels!.map((each) => ({ ...each, Details: 'a text' })),
    },
  };
})();
const fullBytes = Buffer.byteLength(JSON.stringify(full));
const read = (body: Buffer) => JSON.parse(body.toString('utf8'));

describe('fitBody', () => {
  it('leaves a body that fits as it is', () => {
    const { body, shed } = fitBody(full, fullBytes);
    expect(read(body)).toEqual(full);
    expect(shed).toEqual([]);
  });

  it('leaves out no more parts than it takes, in their order', () => {
    let before = fullBytes;
    for (let count = 1; count <= optionalParts.length; count += 1) {
      const { body, shed } = fitBody(full, before - 1);
      expect(shed.map(({ part }) => part)).toEqual(optionalParts.slice(0, count));
      expect(body.length).toBe(fullBytes - shed.reduce((sum, { bytes }) => sum + bytes, 0));
      expect(checkInventoryScanRequest(read(body))).toMatchObject({ valid: true });
      before = body.length;
    }
  });

  it('never leaves out what an assessment is made of', () => {
    const { body, shed } = fitBody(full, 0);
    expect(shed).toHaveLength(optionalParts.length);
    const { inventory, high_entropy_strings: _, ...rest } = full;
    const { ELFBinaries, HashedFiles, MLModels, interesting_strings, whiteout_files, ...kept } = inventory;
    const [library] = kept.ApplicationPackages![0]!.libraries;
    const { License, ...unlicensed } = library!;
    expect(read(body)).toEqual({
      ...rest,
      inventory: { ...kept, ELFBinaries: [], ApplicationPackages: [{ libraries: [unlicensed], type: 1 }] },
    });
  });

  it('tells of no part that the body does not have', () => {
    const { body, shed } = fitBody(minimalInventoryScanRequest(), 0);
    expect(shed).toEqual([]);
    expect(read(body)).toEqual(minimalInventoryScanRequest());
  });

  it('counts bytes and entries, not characters', () => {
    const request = minimalInventoryScanRequest();
    const whiteout_files = ['/ä', '/ö'];
    const { shed } = fitBody({ ...request, inventory: { ...request.inventory, whiteout_files } }, 0);
    expect(shed).toEqual([{ part: 'whiteout_files', entries: 2, bytes: ',"whiteout_files":["/ä","/ö"]'.length + 2 }]);
  });
});
