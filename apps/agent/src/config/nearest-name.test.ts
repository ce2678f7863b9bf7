import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestName } from './nearest-name.ts';

const names = ['http-port', 'http-host', 'sink', 'runmode', 'runtime'];

describe('nearestName', () => {
  it.each([
    ['http-prot', 'http-port'],
    ['httpport', 'http-port'],
    ['snik', 'sink'],
    ['Runmode', 'runmode'],
    ['run-mode', 'runmode'],
  ])('finds what %s may mean', (name, meant) => {
    expect(nearestName(name, names)).toBe(meant);
  });

  it.each(['', 'x', 'log-level', 'sinker-and-hook'])('says nothing about %j', (name) => {
    expect(nearestName(name, names)).toBeUndefined();
  });

  it('finds any name with one letter left out', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(3), (name, at) => {
        expect(nearestName(name.slice(0, at) + name.slice(at + 1), [name])).toBe(name);
      }),
    );
  });
});
