import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { availableCatalogers } from './available-catalogers.ts';
import { catalogersDocument } from './catalogers-document.ts';

describe('docs/catalogers.md', () => {
  it('is current; otherwise run: pnpm run docs', () => {
    const file = readFileSync(new URL('../../../../docs/catalogers.md', import.meta.url), 'utf8');
    expect(file).toBe(catalogersDocument());
  });

  it('has every cataloger with what it selects, reads and emits', () => {
    for (const { name, description } of availableCatalogers().available) {
      expect(description, name).toBeDefined();
      expect(description?.selects.length, name).toBeGreaterThan(0);
      expect(description?.emits.length, name).toBeGreaterThan(0);
    }
  });
});
