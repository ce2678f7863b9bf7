import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Cataloger } from '../catalog/cataloger.ts';
import type { FromWorker, SentFile, ToWorker } from './messages.ts';
import { serveCatalogers } from './serve-catalogers.ts';
import { serveExtractions } from './serve-extractions.ts';

const cataloger = (extract: Cataloger['extract']): Cataloger => ({
  ...{ name: 'c', version: '1', select: {}, extract, assemble: () => [] },
});

const file: SentFile = {
  ...{ path: 'f', size: 3, mode: 0o644, uid: 0, gid: 0, mtime: 0 },
  ...{ head: new Uint8Array(0), bytes: Uint8Array.of(1, 2, 3) },
};

function serve(extract: Cataloger['extract']) {
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => port1.close());
  serveExtractions(port2, [cataloger(extract)]);
  return {
    say: (message: ToWorker) => port1.postMessage(message),
    hear: async () => ((await once(port1, 'message')) as [FromWorker])[0],
  };
}

const extraction = (files: readonly SentFile[]): ToWorker => ({ kind: 'extract', task: 7, cataloger: 'c@1', files });

describe('serveExtractions', () => {
  it('says what it has, and what came of an extraction', async () => {
    const { say, hear } = serve(async (selected, { group, problem }) => {
      problem('too-large', 'b');
      problem('malformed', 'a');
      return [...(await selected.bytes(3)), group.size];
    });
    expect(await hear()).toEqual({ kind: 'ready', catalogers: ['c@1'] });
    say(extraction([file, { ...file, path: 'g' }]));
    const problems = [
      { code: 'malformed', reason: 'a' },
      { code: 'too-large', reason: 'b' },
    ];
    expect(await hear()).toEqual({ kind: 'done', task: 7, result: { facts: [1, 2, 3, 2], problems } });
  });

  it('asks for what lies elsewhere, and never for what is beyond its end', async () => {
    const { say, hear } = serve(async (selected) => {
      const access = await selected.random();
      const beyond = await access.read(5, 1);
      return [...(await access.read(1, 100)), beyond.length];
    });
    await hear();
    say(extraction([{ ...file, bytes: undefined }]));
    expect(await hear()).toEqual({ kind: 'read', task: 7, read: 1, file: 0, offset: 1, length: 2 });
    say({ kind: 'bytes', read: 1, bytes: Uint8Array.of(8, 9) });
    expect(await hear()).toMatchObject({ result: { facts: [8, 9, 0] } });
    say(extraction([{ ...file, bytes: undefined }]));
    expect(await hear()).toMatchObject({ kind: 'read', read: 2 });
    say({ kind: 'read-failed', read: 2, reason: 'gone' });
    expect(await hear()).toMatchObject({ result: { problems: [{ code: 'malformed', reason: 'gone' }] } });
  });

  it('makes a problem of facts that cannot leave the thread', async () => {
    const { say, hear } = serve(async () => ({ method: () => undefined }));
    await hear();
    say(extraction([file]));
    expect(await hear()).toMatchObject({ result: { problems: [{ code: 'malformed' }] } });
  });
});

describe('serveCatalogers', () => {
  it('is for threads of an isolation alone', () => {
    expect(() => serveCatalogers([])).toThrow(/started by createWorkerIsolation|no listener/);
  });
});
