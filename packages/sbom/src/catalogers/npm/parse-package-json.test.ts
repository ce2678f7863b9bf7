import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NpmPackage, parsePackageJson } from './parse-package-json.ts';

function packageOf(fields: object): NpmPackage {
  const manifest = parsePackageJson(JSON.stringify({ name: 'a', version: '1.0.0', ...fields }));
  if (manifest.kind !== 'package') throw new Error(manifest.reason);
  return manifest.pkg;
}

describe('parsePackageJson', () => {
  it('needs no more than a name and a version', () => {
    expect(packageOf({})).toEqual({ name: 'a', version: '1.0.0' });
  });

  it.each([
    [{ license: 'MIT' }, ['MIT']],
    [{ license: '(MIT OR Apache-2.0)' }, ['(MIT OR Apache-2.0)']],
    [{ license: { type: 'BSD', url: 'https://example.com' } }, ['BSD']],
    [{ license: ['MIT', 'Apache-2.0'] }, ['MIT', 'Apache-2.0']],
    [{ licenses: [{ type: 'MIT' }, { type: 'GPL-2.0' }, { type: 'MIT' }] }, ['MIT', 'GPL-2.0']],
    [{ licenses: { type: 'MIT' } }, ['MIT']],
    [{ licenses: 'MIT' }, ['MIT']],
    [{ license: null, licenses: [1, {}, ' '] }, undefined],
  ])('reads the licences of %j', (fields, licenses) => {
    expect(packageOf(fields).licenses).toEqual(licenses);
  });

  it.each([
    [{ author: 'A <a@x>' }, 'A <a@x>'],
    [{ author: { name: 'A', email: 'a@x' } }, 'A <a@x>'],
    [{ author: { name: 'A' } }, 'A'],
    [{ author: '', maintainers: [{ name: 'M', email: 'm@x' }] }, 'M <m@x>'],
    [{ contributors: ['C'] }, 'C'],
    [{ author: 7 }, undefined],
  ])('reads the author of %j', (fields, author) => {
    expect(packageOf(fields).author).toBe(author);
  });

  it('reads addresses without the credentials in them', () => {
    const repository = { type: 'git', url: 'git+https://user:token@example.com/o/r.git' };
    expect(packageOf({ repository, homepage: 'https://example.com', private: true })).toMatchObject({
      ...{ repository: 'git+https://example.com/o/r.git', homepage: 'https://example.com', private: true },
    });
    expect(packageOf({ repository: 'github:o/r' }).repository).toBe('github:o/r');
  });

  it('gathers what is needed at run time', () => {
    const fields = {
      dependencies: { b: '^1', '@s/c': '*' },
      optionalDependencies: { a: '1' },
      peerDependencies: { b: '1', '../escape': '1' },
      devDependencies: { d: '1' },
    };
    expect(packageOf(fields).dependencies).toEqual(['@s/c', 'a', 'b']);
  });

  it.each(['a', 'A.b-c_d', '@scope/name', '@Scope/a.b', '_old', 'x'.repeat(214)])('takes %j for a name', (name) => {
    expect(packageOf({ name }).name).toBe(name);
  });

  it.each(['', '.hidden', 'a b', 'a/b', '@scope', '@/a', '../a', 'a\n', '{{name}}', 'x'.repeat(215), 7, null])(
    'does not take %j for a name',
    (name) => {
      expect(parsePackageJson(JSON.stringify({ name, version: '1' })).kind).toBe('anonymous');
    },
  );

  it.each(['', ' ', '1 2', '1\u{0}', 1, null])('does not take %j for a version', (version) => {
    expect(parsePackageJson(JSON.stringify({ name: 'a', version })).kind).toBe('anonymous');
  });

  it('tolerates a byte order mark', () => {
    expect(parsePackageJson('\u{feff}{"name":"a","version":"1"}').kind).toBe('package');
  });

  it('does not quote a broken text in its reason', () => {
    expect(parsePackageJson('{"token": "secret')).toEqual({ kind: 'malformed', reason: 'not JSON (SyntaxError)' });
    expect(parsePackageJson('[]')).toEqual({ kind: 'malformed', reason: 'not a JSON object' });
  });

  it('reads any JSON and any text without throwing, into plain JSON', () => {
    const fields = fc.constantFrom(
      'license',
      'licenses',
      'author',
      'maintainers',
      'repository',
      'homepage',
      'dependencies',
    );
    const manifest = fc
      .dictionary(fields, fc.jsonValue())
      .map((more) => JSON.stringify({ name: 'a', version: '1', ...more }));
    fc.assert(
      fc.property(fc.oneof(manifest, fc.json(), fc.string({ unit: 'binary' })), (text) => {
        const result = parsePackageJson(text);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }),
    );
  });

  it('withstands deep nesting', () => {
    expect(parsePackageJson('['.repeat(1_000_000)).kind).toBe('malformed');
    const deep = `{"name":"a","version":"1","license":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(parsePackageJson(deep).kind).toBe('package');
  });
});
