import { describe, expect, it } from 'vitest';
import { boundedLabel } from './bounded-label.ts';

describe('boundedLabel', () => {
  it('lets in as many values as it may, and those for good', () => {
    const label = boundedLabel(2);
    expect(['A', 'B', 'C', 'A', 'B'].map(label)).toEqual(['A', 'B', 'other', 'A', 'B']);
  });

  it('lets in nothing that could carry a path, a name or another line', () => {
    const strange = ['', '/etc/passwd', 'a b', 'a\nb 1', 'a"b', 'x'.repeat(65)];
    expect(new Set(strange.map(boundedLabel(100)))).toEqual(new Set(['other']));
  });
});
