import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxDpkgArchives, parseDpkgAvailable } from './parse-available.ts';

const sha256 = 'a'.repeat(64);

describe('parseDpkgAvailable', () => {
  it('reads the hashes that an archive is known by', () => {
    const text = `Package: a\nVersion: 1\nArchitecture: all\nSHA256: ${sha256}\nMD5sum: ${'B'.repeat(32)}\nDescription: x\n`;
    expect(
      parseDpkgAvailable(`${text}\nPackage: b\nVersion: 2\nArchitecture: amd64\nSHA1: ${'c'.repeat(40)}\n`),
    ).toEqual([
      {
        ...{ name: 'a', version: '1', architecture: 'all' },
        hashes: [
          { algorithm: 'SHA-256', content: sha256 },
          { algorithm: 'MD5', content: 'b'.repeat(32) },
        ],
      },
      { name: 'b', version: '2', architecture: 'amd64', hashes: [{ algorithm: 'SHA-1', content: 'c'.repeat(40) }] },
    ]);
  });

  it('leaves out what has no hash, half a hash, or no full name', () => {
    const stanzas = [
      'Package: a\nVersion: 1\nArchitecture: all\n',
      `Package: a\nVersion: 1\nArchitecture: all\nSHA256: ${sha256.slice(1)}\n`,
      `Package: a\nVersion: 1\nArchitecture: all\nSHA256: ${'x'.repeat(64)}\n`,
      `Package: a\nVersion: 1\nSHA256: ${sha256}\n`,
    ];
    expect(parseDpkgAvailable(stanzas.join('\n'))).toEqual([]);
  });

  it('ends at its limit', () => {
    const stanza = `Package: a\nVersion: 1\nArchitecture: all\nMD5sum: ${'0'.repeat(32)}\n\n`;
    expect(parseDpkgAvailable(stanza.repeat(maxDpkgArchives + 5))).toHaveLength(maxDpkgArchives);
  });

  it('reads any text without throwing', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'Package: 1\n\t\0 é€') }), (text) =>
        Array.isArray(parseDpkgAvailable(text)),
      ),
    );
  });
});
