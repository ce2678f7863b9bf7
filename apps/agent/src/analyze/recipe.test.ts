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
    expect(new Set([[dpkg, npm], ...others].map((catalogers) => recipeOf(catalogers))).size).toBe(4);
  });

  it('tells what was read as a stream from what tables of contents may have told', () => {
    const recipes = (['off', 'sample', 'full'] as const).map((seekable) => recipeOf([], seekable));
    expect(recipes.map((recipe) => / (stream|toc-\w+)/.exec(recipe)?.[1])).toEqual([
      'stream',
      'toc-sample',
      'toc-full',
    ]);
    expect(recipeOf([])).toBe(recipes[0]);
  });
});
