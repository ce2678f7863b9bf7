import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegistryErrorCode } from '@falcon-iar/oci-registry';
import { describe, expect, it } from 'vitest';
import { provoke, registryErrorCases } from '../support/registry-error-cases.ts';
import { registryErrorRow } from '../support/registry-errors-document.ts';

describe('docs/registry-errors.md', async () => {
  const document = await readFile(join(import.meta.dirname, '../../docs/registry-errors.md'), 'utf8');
  const codes = Object.keys(registryErrorCases) as RegistryErrorCode[];

  it.each(codes)('says what %s looks like and what to do', async (code) => {
    const error = await provoke(code);
    expect(error.code).toBe(code);
    expect(document).toContain(registryErrorRow(error));
  });

  it('lists every code, in order', () => {
    const listed = [...document.matchAll(/^\| `([A-Z_]+)` /gm)].map(([, code]) => code);
    expect(listed).toEqual(codes);
    expect(listed).toEqual([...listed].sort());
  });
});
