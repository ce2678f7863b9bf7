import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchPrefix, relocate } from './prefix.ts';

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
const host = fc
  .tuple(fc.array(label, { minLength: 2, maxLength: 4 }), fc.option(fc.integer({ min: 1, max: 65535 })))
  .map(([labels, port]) => labels.join('.') + (port === null ? '' : `:${port}`));
const path = fc.array(label, { minLength: 1, maxLength: 4 });

describe('matchPrefix', () => {
  it('matches exactly the beginnings of a name that end with a component', () => {
    fc.assert(
      fc.property(host, path, fc.nat(), (registry, parts, cut) => {
        const name = [registry, ...parts].join('/');
        const length = cut % (name.length + 1);
        const ends = length === name.length || (name[length] === '/' && length > 0);
        expect(matchPrefix(name.slice(0, length), name)).toBe(ends ? length : undefined);
      }),
    );
  });

  it('matches nothing of another host', () => {
    fc.assert(
      fc.property(host, host, path, (prefix, registry, parts) => {
        fc.pre(prefix !== registry);
        expect(matchPrefix(prefix, [registry, ...parts].join('/'))).toBeUndefined();
        expect(matchPrefix(`${prefix}/${parts[0]}`, [registry, ...parts].join('/'))).toBeUndefined();
      }),
    );
  });

  it('lets *. stand for any number of labels, and the port stay', () => {
    fc.assert(
      fc.property(fc.array(label, { maxLength: 3 }), host, path, (below, parent, parts) => {
        const wildcard = `*.${parent.replace(/:.*/, '')}`;
        const registry = [...below, parent].join('.');
        const length = registry.replace(/:.*/, '').length;
        expect(matchPrefix(wildcard, [registry, ...parts].join('/'))).toBe(below.length === 0 ? undefined : length);
      }),
    );
  });

  it.each([
    ['*.example.com', 'aexample.com/app'],
    ['*.example.com', 'a.example.com.evil.test/app'],
    ['*.example.com', 'evil.test/a.example.com/app'],
    ['example.com', 'example.com:5000/app'],
    ['example.com/te', 'example.com/team/app'],
    ['example.com/team/app', 'example.com/team'],
  ])('does not take %s for %s', (prefix, name) => {
    expect(matchPrefix(prefix, name)).toBeUndefined();
  });
});

describe('relocate', () => {
  it('keeps what follows the prefix and puts the location before it', () => {
    fc.assert(
      fc.property(host, path, path, host, fc.array(label, { maxLength: 3 }), (from, namespace, rest, to, below) => {
        const prefix = [from, ...namespace].join('/');
        const name = [prefix, ...rest].join('/');
        const target = relocate([to, ...below].join('/'), name, matchPrefix(prefix, name) ?? -1);
        expect(target).toEqual({ registry: to, repository: [...below, ...rest].join('/') });
      }),
    );
  });

  it('never leads to Docker Hub, nor anywhere else than the location says', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), host, path, (location, registry, parts) => {
        const name = [registry, ...parts].join('/');
        const target = relocate(location, name, registry.length);
        if (target !== undefined)
          expect(`${target.registry}/${target.repository}`).toBe(location + name.slice(registry.length));
      }),
    );
  });

  it.each([
    ['mirror', 'example.com/app', 11],
    ['mirror.example', 'example.com/app', 15],
    ['docker.io', 'example.com/app', 11],
    ['mirror.example/a:5000', 'a.example.com:5000/app', 13],
    ['mirror.example/Upper', 'example.com/app', 11],
    ['mirror.example/app:1', 'example.com/app', 15],
  ])('has nothing for %s and %s', (location, name, matched) => {
    expect(relocate(location, name, matched)).toBeUndefined();
  });
});
