import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeLayer } from '../../analyze/analyze-layer.ts';
import { contentOf, inventoryOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import type { LayerEvent } from '../../catalog/layer-event.ts';
import { createSecretCataloger, type SecretCatalogerOptions } from './cataloger.ts';
import { createRuleSet } from './rule-set.ts';
import { secretRules } from './rules/secret-rules.ts';
import { SecretSearch } from './secret-search.ts';
import { chars, nearMisses, privateKey, secretVectors, webToken } from './secret-vectors.test-support.ts';

const key = Buffer.from('a key of thirty-two bytes, or so');
const token = `ghp_${chars('alnum', 36)}`;

function catalogerWith(options: Partial<SecretCatalogerOptions> = {}): Cataloger {
  return createSecretCataloger({ key, keyId: 'k1', ...options }) as Cataloger;
}

async function secretsOf(files: TestLayer, options: Partial<SecretCatalogerOptions> = {}) {
  return inventoryOf([files], [catalogerWith(options)]);
}

describe('createSecretCataloger', () => {
  it('tells file, line, rule, name, keyed hash and mask', async () => {
    const { secrets, problems } = await secretsOf({ 'app/.env': `A=1\n\nexport GITHUB_TOKEN=${token}\n` });
    expect(secrets).toEqual([
      {
        ...{ path: 'app/.env', layer: 0, line: 3, rule: 'github-token', name: 'GITHUB_TOKEN' },
        hash: createHmac('sha256', key).update(token).digest('hex'),
        masked: `ghp_******${token.slice(-2)}`,
      },
    ]);
    expect(problems).toEqual([]);
  });

  it.each([
    ['NAME="%"', 'NAME'],
    ['"some.name": "%"', 'some.name'],
    ["--flag-name='%'", 'flag-name'],
    ['config["entry"] = "%"', 'entry'],
    ['<tag>%</tag>', 'tag'],
    ['Authorization: Bearer %', undefined],
    ['%', undefined],
  ])('names a token in %j', async (template, name) => {
    const { secrets } = await secretsOf({ a: template.replace('%', token) });
    expect(secrets).toMatchObject([{ rule: 'github-token' }]);
    expect(secrets[0]?.name).toBe(name);
  });

  it('gives equal secrets equal hashes under one key, and others under another', async () => {
    const files = { a: `x = ${token}`, b: `\n\ny: "${token}"` };
    const one = await secretsOf(files);
    const two = await secretsOf(files, { key: Buffer.alloc(16, 1), keyId: 'k2' });
    const hashes = [...one.secrets, ...two.secrets].map(({ hash }) => hash);
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[2]).toBe(hashes[3]);
    expect(hashes[0]).not.toBe(hashes[2]);
  });

  it('keeps facts of another key, or under other limits, apart', () => {
    const versions = [{}, { keyId: 'k2' }, { maxFileSize: 10 }, { maxCandidates: 1 }].map(
      (options) => catalogerWith(options).version,
    );
    expect(new Set(versions).size).toBe(4);
  });

  it('does not change its hashes when the key is overwritten afterwards', async () => {
    const own = Uint8Array.from(key);
    const cataloger = createSecretCataloger({ key: own, keyId: 'k1' }) as Cataloger;
    own.fill(0);
    const { secrets } = await inventoryOf([{ a: `x = ${token}` }], [cataloger]);
    expect(secrets[0]?.hash).toBe(createHmac('sha256', key).update(token).digest('hex'));
  });

  it('lets no clear text out, neither in facts nor in problems', async () => {
    const texts = Object.values(secretVectors).flat();
    const { secrets, problems } = await secretsOf({ a: texts.join('\n'), b: texts[0] ?? '' }, { maxCandidates: 20 });
    expect(problems).toHaveLength(1);
    const written = JSON.stringify({ secrets, problems });
    // Long enough to be no part of a name, a mask or a hash by chance.
    const parts = texts.flatMap((text) => text.match(/[A-Za-z0-9]{16,}/g) ?? []).map((part) => part.slice(0, 16));
    const names = secrets.map(({ rule, name }) => `${rule} ${name}`).join();
    for (const part of parts) if (!names.includes(part)) expect(written).not.toContain(part);
  });

  it('looks at texts only, up to their first NUL', async () => {
    const { secrets } = await secretsOf({
      binary: `\u0000${token}`,
      gzip: `\u001f\u008b${token}`,
      cut: `${'x'.repeat(600)} ${token}\n\u0000 npm_${chars('alnum', 36)}`,
      latin: Buffer.from(`\xe4\xf6\xfc ${token}`, 'latin1'),
      coloured: `\u001b[1m ${token}\u001b[0m`,
    });
    expect(secrets.map(({ path, rule }) => `${path} ${rule}`)).toEqual([
      ...['coloured github-token', 'cut github-token', 'latin github-token'],
    ]);
  });

  it.each([
    ...['usr/share/doc/git/token.txt', 'README.md', 'app/docs.rst', 'app/package-lock.json', 'app/Cargo.lock'],
    ...['app/node_modules/a/test/key.pem', 'usr/lib/python3/dist-packages/a/tests/key.py', 'var/lib/dpkg/status'],
    ...['usr/local/lib/python3.12/test/keycert.pem', 'usr/share/locale/de/x', 'etc/ssl/ca.crt', 'root/.ssh/id.pub'],
    ...['go/pkg/mod/a/testdata/key.pem', 'app/vendor/a/fixtures/b/key.pem', 'app/node_modules/a/login.spec.js'],
    ...['usr/lib/python3/dist-packages/a/tests.py', 'srv/site-packages/a/test_login.py', 'app/vendor/a/key_test.go'],
    ...['usr/lib/swi-prolog/test/ssl/key.pem', 'usr/share/gocode/src/a/key_test.go', 'app/node_modules/a/examples/x'],
    ...['app/node_modules/a/s3.examples.json', 'srv/site-packages/botocore/data/examples-1.json', 'app/index.d.ts'],
  ])('leaves %s out', async (path) => {
    expect((await secretsOf({ [path]: token })).secrets).toEqual([]);
  });

  it.each([
    ...['app/test/key.pem', 'root/.npmrc', 'etc/app.conf', 'app/node_modules/a/index.js', 'home/u/.docker/config.json'],
    ...['app/node_modules/tests-of/index.js', 'usr/share/app/settings', 'var/lib/app/state.json'],
    ...['app/tests.py', 'app/login_test.go', 'usr/share/nginx/html/examples/x.js', 'usr/local/share/app/test/key.pem'],
    ...['app/node_modules/a/latest.js', 'usr/lib/python3/dist-packages/a/contest.py'],
  ])('searches %s', async (path) => {
    expect((await secretsOf({ [path]: token })).secrets).toHaveLength(1);
  });

  it.each(['axios.cjs', 'a.py', 'Main.java', 'a.tsx'])(
    'takes a bare word of the program %s for a name',
    async (path) => {
      const names = [
        ...['token: defaultToConfig2,', 'access_token = this.oauth2AccessToken', 'password: newLogin1,'],
        ...[
          'if (a.token===this.input.oauth2Tokens.current)',
          'exports.userPasswordPolicy = exports.AnyOf2Policy|AnyOf11Policy',
        ],
      ];
      expect((await secretsOf({ [path]: names.join('\n') })).secrets).toEqual([]);
      const values = names.map((name) => name.replace(/(?<== |: |===)[\w.|]+/, '"$&"'));
      expect((await secretsOf({ [path]: values.join('\n') })).secrets).toHaveLength(5);
      expect((await secretsOf({ 'a.yaml': names.join('\n') })).secrets).toHaveLength(5);
      const inStrings = [
        'c = "Server=db;Password=SecureLoginWord1;"',
        "f('user=app password=SecureLoginWord1 host=db')",
      ];
      expect((await secretsOf({ [path]: inStrings.join('\n') })).secrets).toHaveLength(2);
      const words = ['url = "postgres://app:SecureLoginWord1@db"', '# password: hunter22'];
      expect((await secretsOf({ [path]: words.join('\n') })).secrets).toHaveLength(2);
      const packed = `${'f("a");'.repeat(200)}x="b;token=this.oauth2AccessToken;`;
      expect((await secretsOf({ [path]: packed })).secrets).toEqual([]);
      const quoted = `${'f(a);'.repeat(200)}x={password:"SecureLoginWord1"}`;
      expect((await secretsOf({ [path]: quoted })).secrets).toHaveLength(1);
      const comment = `// token: ${chars('alnum', 32)}`;
      expect((await secretsOf({ [path]: comment })).secrets).toMatchObject([{ rule: 'generic-secret' }]);
    },
  );

  it('leaves out files above its limit', async () => {
    const files = { small: `${token}\n`, large: `${token}\n${' '.repeat(100)}` };
    expect((await secretsOf(files, { maxFileSize: 100 })).secrets).toMatchObject([{ path: 'small' }]);
  });

  it('keeps the first candidates of a file that has too many, and says so', async () => {
    const lines = Array.from({ length: 5 }, (_, line) => `npm_${chars('alnum', 36, `${line}`)}\n`).join('');
    const { secrets, problems } = await secretsOf({ a: lines }, { maxCandidates: 3 });
    expect(secrets.map(({ line }) => line)).toEqual([1, 2, 3]);
    expect(problems).toMatchObject([{ cataloger: 'secret', path: 'a', code: 'too-large' }]);
  });

  it('leaves the rest of a file unread once it has enough', async () => {
    const content = contentOf(
      Buffer.from(`${token}\n`.repeat(2).concat(`npm_${chars('alnum', 36)}\n`, ' '.repeat(1_000_000))),
    );
    async function* events(): AsyncIterable<LayerEvent> {
      yield { kind: 'file', path: 'a', mode: 0o644, uid: 0, gid: 0, mtime: 0, size: 1_000_123, content };
    }
    await analyzeLayer(events(), { catalogers: [catalogerWith({ maxCandidates: 1 })] });
    expect(content.read).toBeLessThan(300_000);
  });

  it.each([
    { key: Buffer.alloc(15), keyId: 'k' },
    { key, keyId: '' },
    { key, keyId: 'a b' },
  ])('refuses %j', (options) => {
    expect(() => createSecretCataloger(options)).toThrow(RangeError);
  });
});

describe('SecretSearch', () => {
  const rules = createRuleSet(secretRules);

  function search(chunks: readonly Uint8Array[], maxTrials = 1_000_000) {
    const found = new SecretSearch({ rules, key, maxCandidates: 1_000, maxTrials });
    for (const chunk of chunks) if (!found.push(chunk)) break;
    return { candidates: found.end(), limit: found.limit };
  }

  it('finds the same however the text is cut into chunks', () => {
    const texts = [...Object.values(secretVectors).flat(), ...nearMisses, '\n', 'ä', ' '.repeat(30_000)];
    const text = fc.array(fc.constantFrom(...texts), { maxLength: 12 }).map((parts) => Buffer.from(parts.join('\n')));
    const lengths = fc.array(fc.integer({ min: 1, max: 50_000 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(text, lengths, (bytes, cuts) => {
        const chunks: Uint8Array[] = [];
        for (let start = 0, turn = 0; start < bytes.length; turn += 1) {
          const end = start + (cuts[turn % cuts.length] as number);
          chunks.push(bytes.subarray(start, end));
          start = end;
        }
        expect(search(chunks)).toEqual(search([bytes]));
      }),
      { numRuns: 60 },
    );
  });

  it('takes the rule that knows more where two find the same text, with the name', () => {
    const { candidates } = search([Buffer.from(`SESSION_TOKEN=${webToken({ sub: 'a', exp: 1 })}`)]);
    expect(candidates).toMatchObject([{ rule: 'jwt', name: 'SESSION_TOKEN' }]);
  });

  it('counts lines beyond what it holds at a time', () => {
    const { candidates } = search([Buffer.from(`${'line\n'.repeat(50_000)}${token}\n${privateKey('PRIVATE KEY')}`)]);
    expect(candidates.map(({ line }) => line)).toEqual([50_001, 50_002]);
  });

  it('ends where a text has too many places to look at', () => {
    const { limit } = search([Buffer.from('token='.repeat(10_000))], 1_000);
    expect(limit).toBe('trials');
  });
});
