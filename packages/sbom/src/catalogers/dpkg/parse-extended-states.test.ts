import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExtendedStates } from './parse-extended-states.ts';

describe('parseExtendedStates', () => {
  it('names what apt chose by itself', () => {
    const text = [
      'Package: libssl3\nArchitecture: amd64\nAuto-Installed: 1\n',
      'Package: curl\nArchitecture: amd64\nAuto-Installed: 0\n',
      'Package: libc6\nArchitecture: i386\nAuto-Installed: 1\n',
      'Architecture: amd64\nAuto-Installed: 1\n',
    ].join('\n');
    expect(parseExtendedStates(text)).toEqual(['libssl3:amd64', 'libc6:i386']);
  });

  it('reads any text without throwing', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'Package: 1\n\t\0 é€') }), (text) =>
        Array.isArray(parseExtendedStates(text)),
      ),
    );
  });
});
