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

  it('steps over empty elements, and over the token of a scheme that has one', () => {
    const expected = ['basic', { realm: 'a, Bearer realm=b' }];
    expect(plain(', ,Negotiate dG9rZW4=,, Basic realm="a, Bearer realm=b" ,')).toContainEqual(expected);
    expect(plain('Negotiate ab/cd+ef==, Basic realm="a, Bearer realm=b"')).toContainEqual(expected);
  });

  it('finds again what was written by the grammar, however it is spaced and split into headers', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9!#$%&'*+.^_`|~-]{0,12}$/);
    const value = fc.string({ unit: fc.constantFrom(...' \t"\\,=abc:/é'), maxLength: 20 });
    const parameters = fc.dictionary(word, value, { maxKeys: 4, noNullPrototype: true });
    const challenges = fc.array(fc.tuple(word, parameters), { minLength: 1, maxLength: 5 });
    const gap = fc.constantFrom('', ' ', ' \t ');
    fc.assert(
      fc.property(challenges, gap, fc.boolean(), (list, space, split) => {
        const written = list.map(([scheme, named]) => {
          const pairs = Object.entries(named).map(
            ([name, text]) => `${name}${space}=${space}"${text.replace(/["\\]/g, '\\$&')}"`,
          );
          return `${scheme.toUpperCase()} ${pairs.join(`${space},${space}`)}`;
        });
        expect(plain(split ? written : written.join(', '))).toEqual(list);
      }),
    );
  });

  it('takes time in proportion to the text', () => {
    const shapes = ['a="', 'a="\\"', 'a=', '"', '\\', 'a ', ',', 'a="b"', ' \t', '='];
    const begun = performance.now();
    for (const shape of shapes) {
      const headers = Array.from({ length: 20 }, () => `Bearer ${shape.repeat(10_000)}`);
      parseChallenges(headers);
    }
    expect(performance.now() - begun).toBeLessThan(1500);
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
