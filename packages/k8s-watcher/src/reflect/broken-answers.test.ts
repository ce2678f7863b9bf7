import { describe, expect, it } from 'vitest';
import type { ClusterTransport } from '../transport/cluster-transport.ts';
import { WatcherError } from '../watcher-error.ts';
import { quickTiming } from './watch.test-support.ts';
import { watchResource } from './watch-resource.ts';

const metadata = { name: 'a', uid: 'u', resourceVersion: '1' };
const goodPage = { metadata: { resourceVersion: '7' }, items: [] };

/** A server that gives these pages and then, to each watch, these lines. */
function scripted(pages: unknown[], lines: string[] = []): ClusterTransport {
  return {
    host: 'scripted',
    getJson: async () => (pages.length > 1 ? pages.shift() : pages[0]),
    async *getLines() {
      yield* lines;
    },
    close: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** The first error that the watcher meets. */
async function firstError(transport: ClusterTransport): Promise<WatcherError> {
  const onError = (error: WatcherError): void => {
    throw new Error('met', { cause: error });
  };
  const options = { path: '/api/v1/pods', transform: () => 1, timing: quickTiming(), onError };
  try {
    for await (const _ of watchResource(transport, options));
  } catch (error) {
    return (error as Error).cause as WatcherError;
  }
  throw new Error('it ended');
}

describe('watchResource, of an answer that breaks the promises of the API,', () => {
  it.each([
    ['no object', null],
    ['no items', { metadata: { resourceVersion: '1' } }],
    ['no resource version', { metadata: {}, items: [] }],
    ['an item without metadata', { ...goodPage, items: [{}] }],
    ['an item that is null', { ...goodPage, items: [null] }],
    ['an item without uid', { ...goodPage, items: [{ metadata: { ...metadata, uid: '' } }] }],
    ['a token that leads to itself', { metadata: { resourceVersion: '1', continue: 'x' }, items: null }],
  ])('reports a list with %s', async (_, page) => {
    expect(await firstError(scripted([page]))).toMatchObject({ code: 'RESPONSE_INVALID' });
  });

  it.each([
    'null',
    '1',
    '{"type":"SURPRISE","object":{}}',
    '{"type":"ADDED"}',
    '{"type":"BOOKMARK","object":{"metadata":{}}}',
    '{"type":"BOOKMARK","object":null}',
    'not json',
  ])('reports an event %s', async (line) => {
    expect(await firstError(scripted([goodPage], [line]))).toMatchObject({ code: 'RESPONSE_INVALID' });
  });

  it('knows the error in an ERROR event, and how long to wait', async () => {
    const status = { kind: 'Status', code: 429, message: 'slow\ndown', details: { retryAfterSeconds: 3 } };
    const busy = await firstError(scripted([goodPage], [JSON.stringify({ type: 'ERROR', object: status })]));
    expect(busy).toMatchObject({ code: 'RATE_LIMITED', retryAfter: 3000 });
    expect(busy.message).toContain('slow down');
    const unknown = await firstError(scripted([goodPage], ['{"type":"ERROR","object":"odd"}']));
    expect(unknown).toBeInstanceOf(WatcherError);
    expect(unknown).toMatchObject({ code: 'SERVER_ERROR' });
  });
});
