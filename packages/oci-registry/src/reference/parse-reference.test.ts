import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RegistryError } from '../error.ts';
import { formatReference } from './format-reference.ts';
import { parseReference } from './parse-reference.ts';

const sha256 = `sha256:${'ab'.repeat(32)}`;
const sha512 = `sha512:${'cd'.repeat(64)}`;

describe('parseReference', () => {
  it.each([
    ['alpine', 'docker.io/library/alpine:latest'],
    ['alpine:3.22', 'docker.io/library/alpine:3.22'],
    ['grafana/loki', 'docker.io/grafana/loki:latest'],
    ['docker.io/alpine', 'docker.io/library/alpine:latest'],
    ['index.docker.io/library/alpine', 'docker.io/library/alpine:latest'],
    ['localhost/app', 'localhost/app:latest'],
    ['localhost:5000/app:1', 'localhost:5000/app:1'],
    ['localhost:5000', 'docker.io/library/localhost:5000'],
    ['REGISTRY.Example.com/team/app', 'registry.example.com/team/app:latest'],
    ['Team/app', 'team/app:latest'],
    ['127.0.0.1:5000/a/b/c:v1', '127.0.0.1:5000/a/b/c:v1'],
    ['[::1]:5000/app', '[::1]:5000/app:latest'],
    ['[2001:db8::1]/app', '[2001:db8::1]/app:latest'],
    [`alpine@${sha256}`, `docker.io/library/alpine@${sha256}`],
    [`quay.io/a/b:1.2@${sha512}`, `quay.io/a/b:1.2@${sha512}`],
    ['a__b/c-d.e--f:_x', 'docker.io/a__b/c-d.e--f:_x'],
  ])('reads %s as %s', (text, canonical) => {
    expect(formatReference(parseReference(text))).toBe(canonical);
  });

  it('takes registry and tag that the caller wants instead of the defaults', () => {
    const options = { defaultRegistry: 'ghcr.io', defaultTag: 'stable' };
    expect(formatReference(parseReference('app', options))).toBe('ghcr.io/app:stable');
    expect(formatReference(parseReference('quay.io/app:1', options))).toBe('quay.io/app:1');
  });

  it('puts no tag beside a digest', () => {
    expect(parseReference(`alpine@${sha256}`)).toEqual({
      registry: 'docker.io',
      repository: 'library/alpine',
      digest: sha256,
    });
  });

  it.each([
    ['', 'empty'],
    ['a'.repeat(2000), 'longer than 1024'],
    [`docker.io/${'a'.repeat(256)}`, 'longer than 255'],
    ['a'.repeat(250), 'longer than 255'],
    ['https://registry.example.com/app', 'URL scheme'],
    ['ab'.repeat(32), 'bare image id'],
    ['registry.example.com/', 'missing'],
    ['registry.example.com/Team/app', 'upper-case'],
    ['registry.example.com/a//b', 'malformed'],
    ['registry.example.com/a/../b', 'malformed'],
    ['a_-b', 'malformed'],
    ['-a', 'malformed'],
    ['app:', 'tag is malformed'],
    [`app:${'x'.repeat(129)}`, 'tag is malformed'],
    ['app@sha256:1234', 'digest is malformed'],
    [`app@sha256:${'AB'.repeat(32)}`, 'digest is malformed'],
    [`app@md5:${'ab'.repeat(16)}`, 'digest is malformed'],
    ['host:99999/app', 'not a registry host'],
    ['[::1/app', 'not a registry host'],
    ['[::zz]/app', 'not a registry host'],
    ['[fe80::1%25eth0]/app', 'not a registry host'],
    ['ho_st.example/app', 'not a registry host'],
    ['app name', 'malformed'],
    ['app\n', 'malformed'],
  ])('refuses %j: %s', (text, reason) => {
    const parse = (): unknown => parseReference(text);
    expect(parse).toThrow(RegistryError);
    expect(parse).toThrow(
      expect.objectContaining({ code: 'REFERENCE_INVALID', message: expect.stringContaining(reason) }),
    );
  });

  it('does not repeat the user info of a URL', () => {
    expect(() => parseReference('https://user:hunter2@registry.example.com/app')).not.toThrow(/hunter2/);
    expect(() => parseReference('https://user:hunter2@registry.example.com/app')).toThrow(/leave|scheme/);
  });
});

const alnum = fc.string({ unit: fc.constantFrom(...'abcz019'), minLength: 1, maxLength: 6 });
const component = fc
  .tuple(alnum, fc.array(fc.tuple(fc.constantFrom('.', '_', '__', '-', '---'), alnum), { maxLength: 2 }))
  .map(([first, rest]) => first + rest.map(([separator, word]) => separator + word).join(''));
const host = fc.oneof(
  fc.constantFrom('localhost', 'docker.io', 'a.b', '127.0.0.1', '[::1]', '[2001:db8::ff]'),
  fc.tuple(alnum, alnum).map(([a, b]) => `${a}.${b}`),
);
const port = fc.option(fc.integer({ min: 0, max: 65535 }), { nil: undefined });
const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/);
const digest = fc.option(fc.constantFrom(sha256, sha512), { nil: undefined });
const references = fc
  .record({ host, port, path: fc.array(component, { minLength: 1, maxLength: 4 }), tag, digest })
  .map(({ host, port, path, tag, digest }) => {
    const suffix = digest === undefined ? '' : `@${digest}`;
    return `${host}${port === undefined ? '' : `:${port}`}/${path.join('/')}:${tag}${suffix}`;
  });

describe('a reference that was parsed', () => {
  it('is the same after printing and parsing again', () => {
    fc.assert(
      fc.property(references, (text) => {
        const parsed = parseReference(text);
        expect(parseReference(formatReference(parsed))).toEqual(parsed);
        expect(parseReference(formatReference(parsed, { familiar: true }))).toEqual(parsed);
      }),
    );
  });

  it('is the same whichever of its parts were there: printing is undone by parsing', () => {
    const name = fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const parts = fc.record({ registry: host, port, repository: name, tag: fc.option(tag), digest });
    fc.assert(
      fc.property(parts, ({ registry, port, repository, tag, digest }) => {
        const isHub = registry === 'docker.io' && port === undefined;
        const reference = {
          registry: port === undefined ? registry : `${registry}:${port}`,
          repository: isHub && !repository.includes('/') ? `library/${repository}` : repository,
          ...(tag !== null && { tag }),
          ...(digest !== undefined && { digest }),
        };
        const whole = tag === null && digest === undefined ? { ...reference, tag: 'latest' } : reference;
        expect(parseReference(formatReference(reference))).toEqual(whole);
      }),
    );
  });

  it('takes time in proportion to the text, up to the longest that is looked at', () => {
    const piece = fc.constantFrom('a', '-', '_', '.', '/', ':', '@', '[', 'A', '0');
    const shapes = fc
      .array(piece, { minLength: 1, maxLength: 5 })
      .map((parts) => parts.join('').repeat(1024).slice(0, 1024));
    fc.assert(
      fc.property(shapes, (text) => {
        const begun = performance.now();
        for (let round = 0; round < 20; round++) {
          try {
            parseReference(text);
          } catch (error) {
            expect(error).toBeInstanceOf(RegistryError);
          }
        }
        expect(performance.now() - begun).toBeLessThan(500);
      }),
    );
  });

  it('comes from the text or not at all: any text parses or fails with REFERENCE_INVALID', () => {
    const pieces = fc.constantFrom(
      '/',
      ':',
      '@',
      '.',
      '-',
      '_',
      '[',
      ']',
      'a',
      'B',
      '0',
      sha256,
      '::1',
      ' ',
      '\u0000',
      'é',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        try {
          expect(formatReference(parseReference(parts.join('')))).toMatch(/^[\x21-\x7e]+$/);
        } catch (error) {
          expect(error).toMatchObject({ code: 'REFERENCE_INVALID' });
        }
      }),
    );
  });

  it('is told apart fast, whatever the text', () => {
    const texts = [
      'a-'.repeat(500),
      `${'a.'.repeat(500)}/b`,
      '-'.repeat(1000),
      `a${'_'.repeat(1000)}b`,
      ':'.repeat(1000),
    ];
    const start = performance.now();
    for (let round = 0; round < 100; round++) {
      for (const text of texts) expect(() => parseReference(text)).toThrow(RegistryError);
    }
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('formatReference with familiar names', () => {
  it.each([
    ['alpine', 'alpine:latest'],
    ['grafana/loki:3', 'grafana/loki:3'],
    ['quay.io/a/b', 'quay.io/a/b:latest'],
    ['docker.io/localhost/app', 'docker.io/localhost/app:latest'],
    ['docker.io/a.b/app', 'docker.io/a.b/app:latest'],
    ['docker.io/a__a.a/a:_', 'docker.io/a__a.a/a:_'],
    ['docker.io/library/a/b', 'library/a/b:latest'],
  ])('prints %s as %s', (text, familiar) => {
    expect(formatReference(parseReference(text), { familiar: true })).toBe(familiar);
  });
});
