import type { Cataloger, RandomAccess, SelectedFile } from '../catalog/cataloger.ts';
import { headLength } from '../catalog/head-length.ts';
import type { LayerEvent } from '../catalog/layer-event.ts';
import type { AnalyzeContext } from './analyze-context.ts';
import type { GroupCollector } from './group-collector.ts';
import { bufferAccess } from './retained-content.ts';
import { runExtract } from './run-extract.ts';
import { type BodyReader, SharedBody } from './shared-body.ts';

/** A regular file as its entry passes. */
export type FileEntry = Extract<LayerEvent, { kind: 'file' }>;
/** An entry without a body. */
export type OtherEntry = Extract<LayerEvent, { kind: 'directory' | 'special' | 'symlink' | 'hardlink' }>;

const noBytes = new Uint8Array(0);

/** Lets each cataloger extract its facts from one entry, all in one pass over the body. */
export async function extractEntry(
  entry: FileEntry | OtherEntry,
  catalogers: readonly Cataloger[],
  groups: GroupCollector,
  context: AnalyzeContext,
): Promise<[cataloger: string, facts: unknown][]> {
  const found: [string, unknown][] = [];
  if (entry.kind !== 'file') {
    for (const cataloger of catalogers) {
      await runExtract(cataloger, bodilessFile(entry), undefined, context, (facts) =>
        found.push([cataloger.name, facts]),
      );
    }
    return found;
  }
  const head = catalogers.some(({ select }) => select.magic) ? await entry.content.peek(headLength) : noBytes;
  const body = new SharedBody(entry, context.storage, context.signal);
  // All readers join before any cataloger runs: the pass starts when every reader has decided.
  const readers = catalogers.map((cataloger) => ({ cataloger, reader: body.reader() }));
  const extractions = readers.map(async ({ cataloger, reader }) => {
    try {
      const file = fileOf(entry, head, reader);
      const group = cataloger.select.group?.(entry.path);
      if (group !== undefined) await groups.keep(cataloger, group, file);
      else await runExtract(cataloger, file, undefined, context, (facts) => found.push([cataloger.name, facts]));
    } finally {
      reader.finish();
    }
  });
  const passed = body.pass(entry.content);
  try {
    // The pass first: its error is the source's and ends the layer, those of the catalogers follow from it.
    await Promise.all([passed, Promise.allSettled(extractions)]);
    await Promise.all(extractions);
  } finally {
    await body.release();
  }
  return found;
}

function fileOf(entry: FileEntry, head: Uint8Array, reader: BodyReader): SelectedFile {
  const { kind, path, size, mode, uid, gid, mtime } = entry;
  return {
    ...{ kind, path, size, mode, uid, gid, mtime, head },
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
