import type { Cataloger, RandomAccess, SelectedFile } from '../catalog/cataloger.ts';
import { headLength } from '../catalog/head-length.ts';
import type { LayerEvent } from '../catalog/layer-event.ts';
import type { AnalyzeContext } from './analyze-context.ts';
import { type FileEntry, headOf } from './entry-head.ts';
import type { EntryFacts } from './facts-builder.ts';
import type { GroupCollector } from './group-collector.ts';
import { readsApart } from './reads-apart.ts';
import { bufferAccess, type KeptContent } from './retained-content.ts';
import { problemOf, runExtract } from './run-extract.ts';
import { runIsolated } from './run-isolated.ts';
import { type BodyReader, SharedBody } from './shared-body.ts';

/** An entry without a body. */
export type OtherEntry = Extract<LayerEvent, { kind: 'directory' | 'special' | 'symlink' | 'hardlink' }>;

const noBytes = new Uint8Array(0);

/**
 * Lets each cataloger extract its facts from one entry, all in one pass over the body.
 *
 * @returns when the body has passed; what is then still to be done elsewhere goes on in `pending`
 */
export async function extractEntry(
  entry: FileEntry | OtherEntry,
  catalogers: readonly Cataloger[],
  facts: EntryFacts,
  groups: GroupCollector,
  context: AnalyzeContext,
): Promise<{ readonly pending: Promise<void> | undefined }> {
  if (entry.kind === 'file') return extractFile(entry, catalogers, facts, groups, context);
  for (const cataloger of catalogers) {
    await runExtract(cataloger, bodilessFile(entry), undefined, context, intoFacts(facts, cataloger));
  }
  return { pending: undefined };
}

async function extractFile(
  entry: FileEntry,
  catalogers: readonly Cataloger[],
  facts: EntryFacts,
  groups: GroupCollector,
  context: AnalyzeContext,
): Promise<{ readonly pending: Promise<void> | undefined }> {
  const head = catalogers.some(({ select }) => select.magic) ? await headOf(entry, headLength) : noBytes;
  const apart = catalogers.filter((cataloger) => runsApart(cataloger, entry, context));
  // Who reads apart may be given the bytes for good.
  const buffer = apart.length === 0 ? context.bodyBuffer : undefined;
  const body = new SharedBody(entry, context.storage, context.signal, buffer);
  const here = catalogers.filter((cataloger) => !apart.includes(cataloger));
  // All readers join before any cataloger runs: the pass starts when every reader has decided.
  const readers = here.map((cataloger) => ({ cataloger, reader: body.reader() }));
  const kept = apart.length === 0 ? undefined : keep(body.reader());
  const extractions = readers.map(async ({ cataloger, reader }) => {
    try {
      const file = fileOf(entry, head, reader);
      const group = cataloger.select.group?.(entry.path);
      if (group !== undefined) await groups.keep(cataloger, group, file, facts, context);
      else await runExtract(cataloger, file, undefined, context, intoFacts(facts, cataloger));
    } finally {
      reader.finish();
    }
  });
  const passed = body.pass(entry.content);
  try {
    // The pass first: its error is the source's and ends the layer, those of the catalogers follow from it.
    await Promise.all([passed, kept, Promise.allSettled(extractions)]);
    await Promise.all(extractions);
  } catch (error) {
    await body.release();
    throw error;
  }
  if (kept === undefined) {
    await body.release();
    return { pending: undefined };
  }
  // Only now, when nobody here looks at the bytes any more, may the last of the others have them. The first bytes are a
  // part of the stream, which goes on.
  const pending = extractApart(entry, head.slice(), apart, await kept, facts, context);
  return { pending: pending.finally(() => body.release()) };
}

function runsApart(cataloger: Cataloger, { path, size }: FileEntry, { isolation }: AnalyzeContext): boolean {
  return isolation !== undefined && readsApart(cataloger, size) && cataloger.select.group?.(path) === undefined;
}

/** The body for those that run elsewhere, asked for at once: a wait for a worker must not hold up the other readers. */
async function keep(reader: BodyReader): Promise<{ content: KeptContent } | { error: unknown }> {
  try {
    return { content: await reader.random() };
  } catch (error) {
    return { error };
  } finally {
    reader.finish();
  }
}

async function extractApart(
  entry: FileEntry,
  head: Uint8Array,
  catalogers: readonly Cataloger[],
  kept: { content: KeptContent } | { error: unknown },
  facts: EntryFacts,
  context: AnalyzeContext,
): Promise<void> {
  const { isolation } = context;
  if ('error' in kept || isolation === undefined) {
    context.signal.throwIfAborted();
    const problem = problemOf('error' in kept ? kept.error : undefined);
    for (const { name } of catalogers) context.problem({ cataloger: name, path: entry.path, ...problem });
    return;
  }
  for (const [index, cataloger] of catalogers.entries()) {
    const run = { ...context, isolation, last: index === catalogers.length - 1 };
    await runIsolated(cataloger, [{ ...headerOf(entry), head, ...kept }], run, intoFacts(facts, cataloger));
  }
}

function intoFacts(entry: EntryFacts, { name }: Cataloger): (facts: unknown) => void {
  return (facts) => {
    entry.facts[name] = facts;
  };
}

function headerOf({ path, size, mode, uid, gid, mtime }: FileEntry): Omit<FileEntry, 'kind' | 'content'> {
  return { path, size, mode, uid, gid, mtime };
}

function fileOf(entry: FileEntry, head: Uint8Array, reader: BodyReader): SelectedFile {
  return {
    ...{ kind: entry.kind, ...headerOf(entry), head },
    stream: () => reader.stream(),
    bytes: (max) => reader.bytes(max),
    random: () => reader.random(),
  };
}

function bodilessFile(entry: OtherEntry): SelectedFile {
  const { kind, path, mode, uid, gid, mtime } = entry;
  const target = 'target' in entry ? { target: entry.target } : {};
  return {
    ...{ kind, path, size: 0, mode, uid, gid, mtime, head: noBytes },
    ...target,
    async *stream() {
      // A link or directory has no body.
    },
    bytes: () => Promise.resolve(noBytes),
    random: (): Promise<RandomAccess> => Promise.resolve(bufferAccess(noBytes)),
  };
}
