import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FalconError } from '../../falcon-error.ts';
import { exchangeOf } from '../read-desk.test-support.ts';
import { flag, list, mapOf, model, neededText, number, part, text, texts } from './model.ts';
import { readEnvelope, readOnly, readResources } from './read-resources.ts';

function answerOf(json: unknown) {
  return exchangeOf({ method: 'GET', path: '/things/v1' }, 'http://cloud.test', { status: 200, json });
}

function open(json: unknown) {
  return readEnvelope(json, answerOf(json));
}

function failure(action: () => unknown): FalconError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(FalconError);
    return error as FalconError;
  }
  throw new Error('nothing was thrown');
}

describe('readEnvelope', () => {
  it.each([
    [{ meta: {}, errors: null, resources: ['a'] }, ['a']],
    [{ meta: {}, errors: [], Resources: ['a'] }, ['a']],
    [{ meta: {}, resources: { id: 'a' } }, [{ id: 'a' }]],
    [{ meta: null, resources: null }, []],
    [{ errors: null }, []],
  ])('finds the resources of %j', (document, resources) => {
    expect(open(document).resources).toEqual(resources);
  });

  it('gives total and token, and takes an unreadable one for none', () => {
    expect(open({ meta: { pagination: { total: 7, after: 'x' } } })).toMatchObject({ total: 7, after: 'x' });
    expect(open({ meta: { pagination: { total: 'many', after: 5 } }, resources: [] })).toEqual({ resources: [] });
    expect(open({ meta: { pagination: null }, resources: [] })).toEqual({ resources: [] });
  });

  it.each([null, [], 'x', 7, {}, { ok: true }, { errors: 'bad' }])('refuses %j, which is no envelope', (document) => {
    expect(failure(() => open(document)).code).toBe('RESPONSE_INVALID');
  });

  it.each([
    [404, 'NOT_FOUND'],
    [429, 'RATE_LIMITED'],
    [500, 'UNAVAILABLE'],
    [400, 'REQUEST_REJECTED'],
    ['WHAT', 'REQUEST_REJECTED'],
  ])('throws what an error %s inside a success means', (code, expected) => {
    const error = failure(() =>
      open({ meta: {}, errors: [{ code, message: 'of the token-of-the-test' }], resources: [1] }),
    );
    expect(error).toMatchObject({ code: expected, status: 200, traceId: 'trace-1' });
    expect(error.message).not.toContain('token-of-the-test');
  });

  it('gives an envelope or a FalconError, whatever the document', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (document, resources) => {
        for (const json of [document, { meta: document, resources }, { errors: document, resources }]) {
          try {
            expect(Array.isArray(open(json).resources)).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(FalconError);
          }
        }
      }),
    );
  });
});

interface Thing {
  readonly id: string;
  readonly name?: string;
  readonly size?: number;
  readonly ready?: boolean;
  readonly tags: readonly string[];
  readonly parts: readonly { readonly id?: string }[];
  readonly counts: Readonly<Record<string, string>>;
  readonly inner?: { readonly id?: string };
}

const inner = model<{ readonly id?: string }>({ id: text });
const thing = model<Thing>({
  id: neededText,
  name: text,
  size: number,
  ready: flag,
  tags: texts,
  parts: list(inner),
  counts: mapOf(neededText),
  inner: part(inner),
});

function read(resource: unknown): Thing {
  return readOnly(thing, [resource], answerOf({}));
}

describe('a model', () => {
  it('takes null for absent, and a list or map that is absent for an empty one', () => {
    const empty = { id: 'a', tags: [], parts: [], counts: {} };
    expect(read({ id: 'a' })).toEqual(empty);
    expect(read({ id: 'a', name: null, size: null, tags: null, parts: null, counts: null, inner: null })).toEqual(
      empty,
    );
  });

  it('keeps members it does not know', () => {
    expect(read({ id: 'a', new_member: [1] })).toHaveProperty('new_member', [1]);
  });

  it('reads numbers, texts and booleans in each other’s clothes', () => {
    expect(read({ id: 7, name: 1.5, size: '42', ready: 'true' })).toMatchObject({
      ...{ id: '7', name: '1.5', size: 42, ready: true },
    });
  });

  it.each([
    [{}, 'resources[0].id'],
    [{ id: 'a', size: 'secret' }, 'resources[0].size'],
    [{ id: 'a', tags: 'secret' }, 'resources[0].tags'],
    [{ id: 'a', parts: [{}, { id: ['secret'] }] }, 'resources[0].parts.1.id'],
    ['secret', 'resources[0]'],
    [null, 'resources[0]'],
  ])('says where %j is wrong, and quotes nothing of it', (resource, path) => {
    const error = failure(() => read(resource));
    expect(error.code).toBe('RESPONSE_INVALID');
    expect(error.message).toContain(`${path}: `);
    expect(error.message).not.toContain('secret');
  });
});

describe('readOnly', () => {
  it.each([[[]], [[{ id: 'a' }, { id: 'b' }]]])('refuses %j', (resources) => {
    expect(failure(() => readOnly(thing, resources, answerOf({}))).code).toBe('RESPONSE_INVALID');
  });
});

describe('readResources', () => {
  it('reads each', () => {
    expect(readResources(neededText, ['a', 2], answerOf({}))).toEqual(['a', '2']);
  });
});
