import { describe, expect, it } from 'vitest';
import { recipeOf } from './recipe.ts';

describe('recipeOf', () => {
  it('changes with the catalogers and their versions, not with their order', () => {
    const [dpkg, npm] = [
      { name: 'dpkg', version: '1' },
      { name: 'npm', version: '2' },
    ];
    expect(recipeOf([dpkg, npm])).toBe(recipeOf([npm, dpkg]));
    const others = [[dpkg], [dpkg, { ...npm, version: '3' }], [dpkg, npm, { name: 'apk', version: '1' }]];
    expect(new Set([[dpkg, npm], ...others].map(recipeOf)).size).toBe(4);
  });
});
