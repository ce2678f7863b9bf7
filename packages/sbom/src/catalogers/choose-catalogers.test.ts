import { describe, expect, it } from 'vitest';
import type { Cataloger } from '../catalog/cataloger.ts';
import { chooseCatalogers } from './choose-catalogers.ts';

const cataloger = (name: string): Cataloger => ({
  ...{ name, version: '1', select: {} },
  extract: async () => undefined,
  assemble: () => [],
});
const choices = { available: ['dpkg', 'npm', 'nix', 'secret'].map(cataloger), defaults: ['dpkg', 'npm', 'secret'] };
const chosen = (...choice: string[]): string[] => chooseCatalogers(choice, choices).map(({ name }) => name);

describe('chooseCatalogers', () => {
  it('takes the default where nothing is chosen', () => {
    expect(chosen()).toEqual(['dpkg', 'npm', 'secret']);
  });

  it('takes the named ones and no others, in its own order', () => {
    expect(chosen('npm', 'dpkg')).toEqual(['dpkg', 'npm']);
  });

  it('changes the default', () => {
    expect(chosen('+nix', '-secret')).toEqual(['dpkg', 'npm', 'nix']);
    expect(chosen('-secret')).toEqual(['dpkg', 'npm']);
  });

  it('takes all, and all but some', () => {
    expect(chosen('all')).toEqual(['dpkg', 'npm', 'nix', 'secret']);
    expect(chosen('all', '-npm')).toEqual(['dpkg', 'nix', 'secret']);
  });

  it('says what there is to a name that nobody has', () => {
    expect(() => chosen('-rpm')).toThrow("no cataloger is called 'rpm'; there are dpkg, npm, nix, secret");
    expect(() => chosen('rpm')).toThrow(expect.objectContaining({ code: 'UNKNOWN_CATALOGER' }));
  });

  it('takes no names among changes or beside all', () => {
    expect(() => chosen('dpkg', '-npm')).toThrow('not both');
    expect(() => chosen('-npm', 'dpkg')).toThrow('not both');
    expect(() => chosen('all', 'dpkg')).toThrow('not both');
  });
});
