import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogger } from './create-logger.ts';
import type { Logger } from './logger.ts';
import { createRedactor } from './redactor.ts';

function memory(debug = false, secrets: string[] = []): { log: Logger; lines: string[]; last: () => unknown } {
  const lines: string[] = [];
  const log = createLogger({
    destination: { write: (line) => void lines.push(line) },
    now: () => Date.UTC(2026, 7, 22, 10, 11, 12, 345),
    redact: createRedactor(secrets).redact,
    debug,
  });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? 'null') };
}

describe('a line', () => {
  it('is JSON with level as a word, RFC 3339 time, message and fields', () => {
    const { log, lines } = memory();
    log.info('image analyzed', { packages: 12, partial: false, image: { platform: 'linux/amd64' } });
    expect(lines).toEqual([
      '{"level":"info","time":"2026-08-22T10:11:12.345Z","msg":"image analyzed","packages":12,"partial":false,"image":{"platform":"linux/amd64"}}\n',
    ]);
  });

  it('carries the fields of the children it was written by; the nearest wins, no name stands twice', () => {
    const { log, lines, last } = memory();
    log.child({ a: 1, b: 1 }).child({ b: 2, c: 2 }).warn('m', { c: 3 });
    expect(last()).toMatchObject({ level: 'warn', a: 1, b: 2, c: 3 });
    expect(lines[0]?.match(/"[bc]":/g)).toHaveLength(2);
  });

  it('cannot be given another level, time or message by its fields', () => {
    const { log, lines, last } = memory();
    log.error('real', { level: 'info', time: 0, msg: 'fake', __proto__: { x: 1 } });
    expect(last()).toMatchObject({ level: 'error', msg: 'real', level_: 'info', time_: 0, msg_: 'fake' });
    expect(lines[0]?.match(/"(?:level|time|msg)":/g)).toHaveLength(3);
  });

  it('of debug is written only when asked for', () => {
    const [quiet, debug] = [memory(), memory(true)];
    for (const { log } of [quiet, debug]) log.child({}).debug('detail');
    expect([quiet.lines.length, debug.lines.length]).toEqual([0, 1]);
  });

  it('stays one line, without terminal control, whatever an image calls its files', () => {
    const { log, lines, last } = memory();
    log.info('a\nb', { path: 'x\n{"level":"info"}\u001b[2J\u009b\u202e\u2028', 'k\r': '\ud800' });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(lines[0]?.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
    expect(last()).toMatchObject({ msg: 'a\\u000ab', 'k\\u000d': '\ufffd' });
  });

  it('takes no mark of a message for a format', () => {
    const { log, last } = memory();
    log.info('100 %s %d %j %%', { method: 'GET', headers: {}, socket: {} });
    expect(last()).toMatchObject({ msg: '100 %s %d %j %%', method: 'GET', headers: {} });
  });

  it('shows values that JSON does not have', () => {
    const { log, last } = memory();
    const fields = {
      big: 10n ** 20n,
      not: Number.NaN,
      when: new Date(0),
      url: new URL('http://u:p@h/'),
      none: undefined,
    };
    log.info('m', { ...fields, bytes: Buffer.alloc(5), set: new Set([1]), map: new Map([['k', null]]), f: () => 1 });
    expect(last()).toEqual({
      ...{ level: 'info', time: expect.any(String), msg: 'm' },
      ...{ big: '100000000000000000000', not: 'NaN', when: '1970-01-01T00:00:00.000Z', url: 'http://***@h/' },
      ...{ bytes: '5 bytes', set: [1], map: { k: null } },
    });
  });

  it('is bounded: long texts, long lists, deep and circular objects', () => {
    const { log, lines } = memory();
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const list = Array.from({ length: 10_000 }, (_, i) => ({ text: 'y'.repeat(100), i }));
    log.info('m'.repeat(20_000), { circle, list, long: 'x'.repeat(1_000_000) });
    expect(lines[0]?.length).toBeLessThan(60_000);
    expect(lines[0]).toContain(`${'m'.repeat(8192)}… (11808 more)`);
    expect(() => JSON.parse(lines[0] ?? '')).not.toThrow();
  });

  it('is written even when a field cannot be read', () => {
    const { log, last } = memory();
    log.warn('m', {
      get x(): never {
        throw new Error('no');
      },
    });
    expect(last()).toMatchObject({ msg: 'm', fieldsUnreadable: 'Error: no' });
  });

  it('is one JSON object of one line for any fields at all', () => {
    const { log, lines } = memory(true, ['known-secret']);
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.object({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withNullPrototype: true,
          withTypedArray: true,
        }),
        (text, fields) => {
          lines.length = 0;
          log.child({ text: `${text}known-secret${text}` }).debug(text, fields);
          expect(lines).toHaveLength(1);
          expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'debug' });
          expect(lines[0]?.indexOf('\n')).toBe((lines[0]?.length ?? 0) - 1);
          expect(lines[0]).not.toContain('known-secret');
        },
      ),
    );
  });
});

describe('an error', () => {
  it('shows name, code, message, hint and what caused it, without stacks', () => {
    const { log, last } = memory();
    const cause = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:443'), { code: 'ECONNREFUSED' });
    const error = new TypeError('[NETWORK] GET registry.example/v2/', { cause });
    log.warn('image not read', {
      err: Object.assign(error, { code: 'NETWORK', hint: 'check the proxy', internal: 1 }),
    });
    expect(last()).toMatchObject({ msg: 'image not read' });
    expect((last() as { err: unknown }).err).toEqual({
      ...{ name: 'TypeError', message: '[NETWORK] GET registry.example/v2/', code: 'NETWORK', hint: 'check the proxy' },
      cause: { message: 'connect ECONNREFUSED 10.0.0.1:443', code: 'ECONNREFUSED' },
    });
  });

  it('shows its stack, a line each, when debugging', () => {
    const { log, last } = memory(true);
    log.error('m', { err: new Error('several\nlines') });
    expect(last()).toMatchObject({
      err: {
        message: 'several\\u000alines',
        stack: expect.arrayContaining([expect.stringMatching(/create-logger\.test/)]),
      },
    });
  });

  it('shows each of several, and none of them for ever', () => {
    const { log, last } = memory();
    const loop: Error & { cause?: unknown } = new Error('loop');
    loop.cause = loop;
    log.error('m', { err: new AggregateError([new Error('one'), 'two', loop], 'all failed') });
    expect(last()).toMatchObject({
      err: { name: 'AggregateError', message: 'all failed', errors: [{ message: 'one' }, 'two', { message: 'loop' }] },
    });
  });

  it('is not lost when given in place of fields', () => {
    const { log, last } = memory();
    log.error('m', new RangeError('r'));
    expect(last()).toMatchObject({ msg: 'm', err: { name: 'RangeError', message: 'r' } });
  });
});

describe('a secret', () => {
  it('goes from messages, keys, nested fields and errors', () => {
    const { log, lines } = memory(true, ['s3cr3t-value']);
    const err = new Error('refused s3cr3t-value', { cause: new Error('https://u:s3cr3t-value@h/') });
    log.child({ a: 's3cr3t-value' }).error('m s3cr3t-value', { err, deep: [{ 's3cr3t-value': ['s3cr3t-value'] }] });
    expect(lines.join()).not.toContain('s3cr3t-value');
    expect(lines[0]?.match(/\*\*\*/g)?.length).toBeGreaterThanOrEqual(6);
  });

  it('goes by the name of its field; names and counts stay', () => {
    const { log, last } = memory();
    const headers = { Authorization: 'x', 'set-cookie': ['a', 'b'], accept: '*/*' };
    log.info('m', { headers, clientSecret: 'x', api_key: 'x', secretName: 'regcred', tokens: 3, token: null });
    expect(last()).toMatchObject({
      headers: { Authorization: '***', 'set-cookie': '***', accept: '*/*' },
      ...{ clientSecret: '***', api_key: '***', secretName: 'regcred', tokens: 3, token: null },
    });
  });

  it('is not let through in half by the shortening of its text', () => {
    const { log, lines } = memory(false, ['abcdefghijklmnop']);
    log.info(`${'x'.repeat(8184)}abcdefghijklmnop`);
    expect(lines[0]).not.toContain('abcd');
  });
});
