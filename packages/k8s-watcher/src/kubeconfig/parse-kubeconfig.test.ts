import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml, stringify } from 'yaml';
import { WatcherError } from '../watcher-error.ts';
import { chooseContext } from './choose-context.ts';
import { mergeKubeconfigs } from './merge-kubeconfigs.ts';
import { type Kubeconfig, parseKubeconfig } from './parse-kubeconfig.ts';

const parse = (text: string): Promise<Kubeconfig> => parseKubeconfig(text, { file: 'kubeconfig', directory: '/etc/k' });

async function failureOf(text: string): Promise<WatcherError> {
  const error = await parse(text).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(WatcherError);
  return error as WatcherError;
}

/** Anything a field may hold that a person could take for a value. */
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    'yes',
    'null',
    '~',
    '1e3',
    '0x1f',
    '- a',
    '&a',
    '*a',
    '# no',
    '__proto__',
    'constructor',
    ' a ',
    'a: b',
  ),
);
const names = fc.uniqueArray(anyText, { maxLength: 5 });

describe('parseKubeconfig', () => {
  it('reads the same from YAML in any style as from JSON', async () => {
    const collectionStyle = fc.constantFrom('any' as const, 'block' as const, 'flow' as const);
    const defaultStringType = fc.constantFrom('PLAIN' as const, 'QUOTE_DOUBLE' as const, 'QUOTE_SINGLE' as const);
    const style = fc.oneof(
      fc.record({ indent: fc.integer({ min: 2, max: 8 }), collectionStyle, defaultStringType }),
      // The writer's indentation indicator is right for its default indent only.
      fc.record({ collectionStyle, defaultStringType: fc.constant('BLOCK_LITERAL' as const) }),
    );
    const property = fc.asyncProperty(names, anyText, style, async (users, token, { collectionStyle, ...rest }) => {
      const value = {
        'current-context': token,
        users: users.map((name) => ({ name, user: { token: `${token}${name}` } })),
      };
      const written = stringify(value, { collectionStyle, ...rest });
      // The writer gets some blocks wrong, one of a single space for instance: what it cannot read back proves nothing.
      fc.pre(isDeepStrictEqual(parseYaml(written), value));
      for (const text of [written, JSON.stringify(value, null, '\t')]) {
        const config = await parse(text);
        expect(config.currentContext ?? '').toBe(token);
        expect([...config.users].map(([name, user]) => [name, user.text('token') ?? ''])).toEqual(
          users.map((name) => [name, `${token}${name}`]),
        );
      }
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('gives a config or a WatcherError for any text, and quotes nothing of a secret', async () => {
    const secret = 'S3cr3tS3cr3t';
    const piece = fc.constantFrom(
      'users:\n',
      '- name: ',
      'user:\n',
      '  ',
      'token: ',
      secret,
      '\n',
      '[',
      '{',
      '}',
      '"',
      "'",
      '&a ',
      '*a',
      ': ',
      '!!x ',
      '? ',
      '| ',
      '\t',
      '%',
      ',',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }), async (pieces) => {
        try {
          await parse(pieces.join(''));
        } catch (error) {
          expect(error).toMatchObject({ name: 'WatcherError', code: 'OPTIONS_INVALID' });
          // A name may be quoted, where it is there twice.
          if (!String(error).includes('has the name'))
            expect(`${error}${(error as Error).cause}`).not.toContain(secret);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each(['', '\n', '# nothing', '{}', 'null', '---\n...', '\ufeff', 'users:\nclusters: null\ncontexts: []'])(
    'takes %j for a kubeconfig without entries',
    async (text) => {
      const { currentContext, contexts, clusters, users } = await parse(text);
      expect([currentContext, contexts.size, clusters.size, users.size]).toEqual([undefined, 0, 0, 0]);
    },
  );

  it.each([
    ['- a', 'it is not a mapping'],
    ['users: {}', 'users is not a list'],
    ['users: [a]', 'users[0] is not a mapping'],
    ['users: [{name: 1}]', 'users[0].name is not a string'],
    ['users: [{name: a, user: secret}]', 'users[0].user is not a mapping'],
    ['users: [{name: a}, {name: b}, {name: a}]', 'users[2] has the name of an earlier one, "a"'],
    ['kind: Pod', 'kind is not Config'],
    ['apiVersion: v2', 'apiVersion is not v1'],
    ['a:\n  b: "secret', 'it is not valid YAML, line 2 (MISSING_CHAR)'],
    ['a: *secret', 'aliases'],
  ])('refuses %j', async (text, message) => {
    const error = await failureOf(text);
    expect(error.code).toBe('OPTIONS_INVALID');
    expect(error.message).toContain(message);
    expect(`${error.message}${error.cause}`).not.toContain('secret');
  });

  it('reads the first of several documents, and the last of repeated keys', async () => {
    expect((await parse('current-context: a\ncurrent-context: b\n---\n[')).currentContext).toBe('b');
  });

  it('applies merge keys', async () => {
    const config = await parse('users: [{name: a, user: &u {token: t, as: x}}, {name: b, user: {<<: *u, as: y}}]');
    const user = config.users.get('b');
    expect([user?.text('token'), user?.text('as')]).toEqual(['t', 'y']);
  });

  it('follows an alias, but no bomb of them', async () => {
    const config = await parse('users: [{name: a, user: &u {token: t}}, {name: b, user: *u}]');
    expect(config.users.get('b')?.text('token')).toBe('t');
    const level = (index: number): string => `a${index}: &a${index} [${`*a${index - 1},`.repeat(9)}]\n`;
    const bomb = `a0: &a0 [x]\n${Array.from({ length: 12 }, (_, index) => level(index + 1)).join('')}`;
    expect((await failureOf(bomb)).message).toContain('too many');
    const merges = (index: number): string => `a${index}: &a${index} {${`<<: *a${index - 1}, `.repeat(9)}}\n`;
    const mergeBomb = `a0: &a0 {b: c}\n${Array.from({ length: 12 }, (_, index) => merges(index + 1)).join('')}`;
    expect((await failureOf(mergeBomb)).message).toContain('too many');
  });

  it('ends soon on what is too long, too deep or too many', { timeout: 30_000 }, async () => {
    expect((await failureOf(`# ${'x'.repeat(1024 * 1024)}`)).message).toContain('1048576 characters');
    for (const deep of ['[', '{a: ', '- ', '{"a":']) {
      expect((await failureOf(deep.repeat(100_000))).code).toBe('OPTIONS_INVALID');
    }
    const keys = Array.from({ length: 60_000 }, (_, index) => `k${index}: v\n`).join('');
    expect((await parse(keys)).users.size).toBe(0);
  });
});

describe('a stanza', () => {
  const user = async (fields: string) => (await parse(`users: [{name: u, user: {${fields}}}]`)).users.get('u')!;

  it.each([
    ['true', true],
    ['yes', true],
    ['On', true],
    ['false', false],
    ['no', false],
    ['~', false],
    ['""', 'neither'],
    ['1', 'neither'],
    ['yeson', 'neither'],
  ])('reads the flag %s', async (text, expected) => {
    const stanza = await user(`flag: ${text}`);
    if (typeof expected === 'boolean') expect(stanza.flag('flag')).toBe(expected);
    else expect(() => stanza.flag('flag')).toThrow(expected);
  });

  it('takes paths from the directory of the file', async () => {
    const stanza = await user('a: b/c, d: ../e, f: /g, h: ""');
    expect(['a', 'd', 'f', 'h', 'i'].map((name) => stanza.path(name))).toEqual([
      '/etc/k/b/c',
      '/etc/e',
      '/g',
      undefined,
      undefined,
    ]);
  });

  it('decodes base64, and nothing that is nearly so', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1 }), async (text) => {
        const data = Buffer.from(text.toWellFormed()).toString('base64');
        const stanza = await user(`a: ${JSON.stringify(data.replace(/.{8}/g, '$&\n'))}`);
        expect(stanza.base64('a')).toBe(text.toWellFormed());
      }),
    );
    for (const bad of ['QQ', 'QQ=', 'Q Q=', 'Q-==', 'QQ==QQ==', '-----BEGIN']) {
      const stanza = await user(`a: ${JSON.stringify(bad)}`);
      expect(() => stanza.base64('a')).toThrow('users[0].user.a is not base64');
    }
  });

  it('has no field that the file does not have', async () => {
    const stanza = await user('token: t');
    expect(['constructor', 'toString', '__proto__'].map((name) => stanza.has(name))).toEqual([false, false, false]);
  });
});

describe('mergeKubeconfigs', () => {
  it('lets the first win that has an entry, whole, and the first that has a current context', async () => {
    const file = fc.record({
      context: fc.constantFrom('', 'a', 'b'),
      users: fc.uniqueArray(fc.constantFrom<string>('a', 'b', 'c')),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(file, { maxLength: 4 }), async (files) => {
        const merged = mergeKubeconfigs(
          await Promise.all(
            files.map(({ context, users }, index) =>
              parse(
                JSON.stringify({
                  'current-context': context,
                  users: users.map((name) => ({ name, user: { username: `${index}`, [`only-${index}`]: 'x' } })),
                }),
              ),
            ),
          ),
        );
        expect(merged.currentContext).toBe(files.map(({ context }) => context).find((context) => context !== ''));
        for (const name of ['a', 'b', 'c']) {
          const first = files.findIndex(({ users }) => users.includes(name));
          const expected = first === -1 ? undefined : ['username', `only-${first}`];
          expect(merged.users.get(name)?.names()).toEqual(expected);
          expect(merged.users.get(name)?.text('username')).toBe(first === -1 ? undefined : `${first}`);
        }
      }),
    );
  });
});

describe('chooseContext', () => {
  it('names the contexts there are, not all of very many', async () => {
    const contexts = Array.from({ length: 30 }, (_, index) => ({ name: `c${index}\n` }));
    const config = await parse(JSON.stringify({ contexts }));
    const failure = { message: '[OPTIONS_INVALID] kubeconfig: current-context is not set' };
    expect(() => chooseContext(config, undefined)).toThrow(expect.objectContaining(failure));
    const hint = expect.stringMatching(/^It has: "c0\\n", .*"c19\\n", …\.$/);
    expect(() => chooseContext(config, '')).toThrow(expect.objectContaining({ hint }));
  });

  it('takes a context without a user for anonymous', async () => {
    const text = 'contexts: [{name: x, context: {cluster: c, namespace: n}}]\nclusters: [{name: c}]';
    expect(chooseContext(await parse(text), 'x').user).toBeUndefined();
  });
});
