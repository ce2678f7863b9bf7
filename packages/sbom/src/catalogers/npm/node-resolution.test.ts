import { describe, expect, it } from 'vitest';
import { plainView, type TestLayer } from '../../assemble/image.test-support.ts';
import type { ImageView } from '../../catalog/file-view.ts';
import { createNodeResolver, type NodeResolver } from './node-resolution.ts';

function resolverOf(layer: TestLayer): NodeResolver {
  const manifests = Object.keys(layer).filter((path) => path.endsWith('package.json'));
  return createNodeResolver(
    new Map(manifests.map((path) => [path, undefined])),
    plainView([layer]) as ImageView<unknown>,
  );
}

describe('createNodeResolver', () => {
  it('finds the nearest, and nothing below or beside', () => {
    const resolver = resolverOf({
      'a/b/package.json': '',
      'a/b/c/node_modules/x/package.json': '',
      'a/d/node_modules/x/package.json': '',
      'a/node_modules/x/package.json': '',
      'node_modules/x/package.json': '',
    });
    expect(resolver.resolve('a/b/package.json', ['x', 'y'])).toEqual(['a/node_modules/x/package.json']);
    expect(resolver.resolve('package.json', ['x'])).toEqual(['node_modules/x/package.json']);
    expect(resolver.resolve('a/node_modules/x/package.json', ['x'])).toEqual([]);
  });

  it('goes on above a link that leads to no package', () => {
    const resolver = resolverOf({
      'a/node_modules/x': { link: '/nowhere' },
      'node_modules/x/package.json': '',
    });
    expect(resolver.resolve('a/package.json', ['x'])).toEqual(['node_modules/x/package.json']);
  });

  it('gives up on an image that is made to take long, and says so', () => {
    const deep = `${'d/'.repeat(200)}package.json`;
    const resolver = resolverOf({ [deep]: '', 'node_modules/a/package.json': '' });
    expect(resolver.resolve(deep, ['a'])).toEqual([]);
    expect(resolver.exhausted).toBe(false);
    const names = Array.from({ length: 1_000 }, () => 'a');
    for (let asked = 0; asked < 1_000 && !resolver.exhausted; asked += 1) resolver.resolve(deep, names);
    expect(resolver.exhausted).toBe(true);
    expect(resolver.resolve('package.json', ['a'])).toEqual([]);
  }, 60_000);
});
