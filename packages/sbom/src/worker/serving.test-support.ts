// A module for worker threads with catalogers that behave in every way one can.
import type { Cataloger, SelectedFile } from '../catalog/cataloger.ts';
import { serveCatalogers } from './serve-catalogers.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** What a cataloger of this module does with a file, by its name. */
const behaviours: Readonly<Record<string, (file: SelectedFile, data: unknown) => Promise<unknown>>> = {
  bytes: async (file) => hex(await file.bytes(1_000)),
  random: async (file) => {
    const access = await file.random();
    const [end, beyond] = await Promise.all([access.read(access.size - 2, 10), access.read(access.size, 10)]);
    return { size: access.size, start: hex(await access.read(0, 2)), end: hex(end), beyond: beyond.length };
  },
  stream: async (file) => {
    const parts: string[] = [];
    for await (const chunk of file.stream()) parts.push(hex(chunk));
    return parts.join('');
  },
  header: async ({ kind, path, size, mode, uid, gid, mtime, head }) => ({
    ...{ kind, path, size, mode, uid, gid, mtime, head: hex(head) },
  }),
  data: async (_, data) => data,
  surroundings: async () => Object.keys(process.env),
  function: async () => ({ notPlain: () => undefined }),
  throws: async () => {
    throw new Error('cannot read this');
  },
  endless: async () => {
    for (;;);
  },
  backtracking: async () => /^(a+)+$/.test(`${'a'.repeat(60)}b`),
  hungry: async () => {
    const kept: string[][] = [];
    for (;;) kept.push(Array.from({ length: 10_000 }, (_, index) => `${index}-${kept.length}`));
  },
  exits: async () => process.exit(3),
};

serveCatalogers((data) =>
  Object.entries(behaviours).map(
    ([name, behave]): Cataloger => ({
      ...{ name, version: '1', select: {}, isolate: { deadline: 1_000, from: 0 }, assemble: () => [] },
      async extract(file, context) {
        if (name === 'header') context.problem('malformed', `${context.group.size} files`);
        return behave(file, data);
      },
    }),
  ),
);
