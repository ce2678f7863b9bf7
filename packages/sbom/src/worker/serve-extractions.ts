import type { MessagePort } from 'node:worker_threads';
import { catalogerId } from '../analyze/cataloger-ids.ts';
import type { IsolatedResult } from '../analyze/isolation.ts';
import { type LayerProblem, ProblemList } from '../analyze/problem-list.ts';
import { bufferAccess, type KeptContent } from '../analyze/retained-content.ts';
import { retainedFile } from '../analyze/retained-file.ts';
import { problemOf, runExtract } from '../analyze/run-extract.ts';
import type { Cataloger, SelectedFile } from '../catalog/cataloger.ts';
import type { FromWorker, SentFile, ToWorker } from './messages.ts';
import type { LazyCataloger } from './serve-catalogers.ts';

/** Runs the extractions that a port asks for, one after the other. */
export function serveExtractions(
  port: Pick<MessagePort, 'on' | 'postMessage'>,
  catalogers: readonly (Cataloger | LazyCataloger)[],
): void {
  const byId = new Map(catalogers.map((cataloger) => [catalogerId(cataloger), cataloger]));
  const say = (message: FromWorker, transfer: readonly ArrayBuffer[] = []) => port.postMessage(message, transfer);
  const reads = new Map<number, PromiseWithResolvers<Uint8Array>>();
  let lastRead = 0;

  const remote = (task: number, file: number, size: number): KeptContent => ({
    size,
    buffer: undefined,
    read(offset, length) {
      const [start, end] = [Math.min(offset, size), Math.min(offset + length, size)];
      if (end <= start) return Promise.resolve(new Uint8Array(0));
      const answer = Promise.withResolvers<Uint8Array>();
      lastRead += 1;
      reads.set(lastRead, answer);
      say({ kind: 'read', task, read: lastRead, file, offset: start, length: end - start });
      return answer.promise;
    },
  });
  const extract = async ({ task, cataloger: id, files }: Extract<ToWorker, { kind: 'extract' }>): Promise<void> => {
    const selected = files.map((file, index) => {
      const content = file.bytes === undefined ? remote(task, index, file.size) : bufferAccess(file.bytes);
      return retainedFile({ ...file, kind: 'file' }, content);
    });
    const served = byId.get(id);
    const cataloger = served !== undefined && 'load' in served ? await served.load() : served;
    const result = await resultOf(cataloger, selected);
    try {
      say({ kind: 'done', task, result });
    } catch (error) {
      // Facts that are no plain data cannot leave the thread.
      say({ kind: 'done', task, result: { facts: undefined, problems: [problemOf(error)] } });
    }
    freeBytes(files);
  };

  port.on('message', (message: ToWorker) => {
    if (message.kind === 'extract') void extract(message);
    else if (message.kind === 'bytes') reads.get(message.read)?.resolve(message.bytes);
    else reads.get(message.read)?.reject(new Error(message.reason));
    if (message.kind !== 'extract') reads.delete(message.read);
  });
  say({ kind: 'ready', catalogers: [...byId.keys()] });
}

async function resultOf(cataloger: Cataloger | undefined, files: readonly SelectedFile[]): Promise<IsolatedResult> {
  const problems = new ProblemList();
  let facts: unknown;
  const [main] = files;
  if (cataloger !== undefined && main !== undefined) {
    const group = new Map(files.map((file) => [file.path, file]));
    // Who stops an extraction ends the thread.
    const context = { signal: new AbortController().signal, problem: (found: LayerProblem) => problems.add(found) };
    await runExtract(cataloger, main, group, context, (value) => {
      facts = value;
    });
  }
  return { facts, problems: problems.build().map(({ code, reason }) => ({ code, reason })) };
}

/** Gives memory back at once: a thread with little of its own to collect keeps it for long. */
function freeBytes(files: readonly SentFile[]): void {
  for (const { bytes } of files) {
    if (bytes?.buffer instanceof ArrayBuffer && !bytes.buffer.detached) bytes.buffer.transfer(0);
  }
}
