import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteApiErrors, readApiErrors, readMetaTraceId } from './msa.ts';

const body = (document: unknown) => Buffer.from(JSON.stringify(document));

describe('readApiErrors', () => {
  it.each([
    ['msa.ReplyMetaOnly', { errors: [{ code: 403, id: 'a', message: 'no' }] }, [{ code: 403, id: 'a', message: 'no' }]],
    [
      'the upload host',
      { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required', detail: null }] },
      [{ code: 'UNAUTHORIZED', message: 'authentication required' }],
    ],
    ['a lone msa.APIError', { code: 404, message: 'gone' }, [{ code: 404, message: 'gone' }]],
    ['no errors', { meta: {}, errors: null, resources: null }, []],
    ['errors left out', { meta: {} }, []],
    ['null members', { errors: [{ code: null, id: null, message: null }] }, [{}]],
    ['a broken entry among others', { errors: [null, 7, { message: 'second' }] }, [{ message: 'second' }]],
    ['members of a wrong type', { errors: [{ code: {}, message: ['x'], id: 3 }] }, [{}]],
    ['no object', 'text', []],
  ])('reads %s', (_, document, errors) => {
    expect(readApiErrors(body(document))).toEqual(errors);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => Array.isArray(readApiErrors(Buffer.from(bytes)))));
    fc.assert(fc.property(fc.jsonValue(), (value) => typeof quoteApiErrors(body({ errors: value }), []) === 'string'));
  });
});

describe('quoteApiErrors', () => {
  it('is one short line without secrets', () => {
    const errors = [{ code: 1, message: 'a\nb s3cret' }, {}, { message: 'c' }, { message: 'left out' }];
    expect(quoteApiErrors(body({ errors }), ['s3cret', ''])).toBe(' (1: a b [redacted]; c)');
    expect(quoteApiErrors(body({ errors: [{ message: 'x'.repeat(5000) }] }), [])).toHaveLength(303);
    expect(quoteApiErrors(body({ errors: [{}] }), [])).toBe('');
  });
});

describe('readMetaTraceId', () => {
  it('is that of the envelope', () => {
    expect(readMetaTraceId(body({ meta: { trace_id: 'abc' } }))).toBe('abc');
    expect(readMetaTraceId(body({ meta: null }))).toBeUndefined();
    expect(readMetaTraceId(Buffer.from('<html>'))).toBeUndefined();
  });
});
