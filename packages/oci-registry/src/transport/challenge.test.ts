import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChallenges } from './challenge.ts';

const plain = (header: string | readonly string[] | undefined): unknown =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

describe('parseChallenges', () => {
  it('reads the usual Bearer challenge', () => {
    const header =
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"';
    expect(plain(header)).toEqual([
      [
        'bearer',
        { realm: 'https://auth.docker.io/token', service: 'registry.docker.io', scope: 'repository:a/b:pull,push' },
      ],
    ]);
  });

  it('reads several challenges in one header or in many', () => {
    const expected = [
      ['basic', { realm: 'Sonatype Nexus Repository Manager' }],
      ['bearer', { realm: 'https://r.example/token' }],
    ];
    const [basic, bearer] = [
      'BASIC realm="Sonatype Nexus Repository Manager"',
      'Bearer realm="https://r.example/token"',
    ];
    expect(plain(`${basic}, ${bearer}`)).toEqual(expected);
    expect(plain([basic, bearer])).toEqual(expected);
  });

  it('unquotes strings, takes bare values, and ignores case and spaces around the equals sign', () => {
    expect(plain('Bearer Realm = "a \\"b\\" \\\\c" ,error=invalid_token')).toEqual([
      ['bearer', { realm: 'a "b" \\c', error: 'invalid_token' }],
    ]);
  });

  it('knows schemes without parameters, and keeps the first of a repeated one', () => {
    expect(plain('Negotiate, Basic realm="x", realm="y"')).toEqual([
      ['negotiate', {}],
      ['basic', { realm: 'x' }],
    ]);
    expect(plain(undefined)).toEqual([]);
    expect(plain('')).toEqual([]);
  });

  it('still finds Basic after a scheme with a token instead of parameters', () => {
    expect(plain('NTLM TlRMTVNTUAAB==, Basic realm="x"')).toContainEqual(['basic', { realm: 'x' }]);
  });

  it('ends on any text, quickly', () => {
    const piece = fc.constantFrom('Bearer', ' ', '"', '\\', '=', ',', 'realm', 'é', '\t', 'x'.repeat(50));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 400 }), (parts) => {
        const start = performance.now();
        expect(Array.isArray(parseChallenges(parts.join('')))).toBe(true);
        expect(performance.now() - start).toBeLessThan(500);
      }),
    );
  });
});
