import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePax } from './parse-pax.ts';

function record(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`, 'latin1');
  let length = rest.byteLength + 1;
  while (String(length).length + rest.byteLength !== length) length += 1;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

const latin1 = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

describe('parsePax', () => {
  it('reads what was written, line feeds and equal signs in values included, the last of a key counting', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.stringMatching(/^[A-Za-z.]{1,20}$/), latin1)), (records) => {
        const bytes = Buffer.concat(records.map(([key, value]) => record(key, value)));
        expect(Object.fromEntries(parsePax(bytes) ?? [])).toEqual(Object.fromEntries(records));
      }),
    );
  });

  it('passes over zeros behind the last record', () => {
    const bytes = Buffer.concat([record('path', 'a'), Buffer.alloc(20)]);
    expect([...(parsePax(bytes) ?? [])]).toEqual([['path', 'a']]);
  });

  it.each(['path=a\n', '8 path=a\n', '99 path=a\n', '10 path=aXX', 'x path=a\n', '8 pathab\n', '0 \n'])(
    'refuses %j',
    (text) => {
      expect(parsePax(Buffer.from(text))).toBeUndefined();
    },
  );

  it('never throws and never takes long, whatever the bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => void parsePax(Buffer.from(bytes))));
    const started = performance.now();
    parsePax(Buffer.alloc(1_000_000, '1'));
    parsePax(Buffer.from('5 a=\n'.repeat(200_000)));
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
