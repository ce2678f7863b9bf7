import type { Cataloger } from '../catalog/cataloger.ts';
import { headLength } from '../catalog/head-length.ts';
import type { LayerEvent } from '../catalog/layer-event.ts';
import type { AnalyzeContext } from './analyze-context.ts';
import { type ByteBudget, createByteBudget } from './byte-budget.ts';
import { catalogerIds } from './cataloger-ids.ts';
import { extractEntry, type FileEntry, type OtherEntry } from './extract-entry.ts';
import { FactsBuilder, maxSelectedPaths } from './facts-builder.ts';
import { GroupCollector } from './group-collector.ts';
import { type LayerFacts, layerFactsVersion } from './layer-facts.ts';
import { ProblemList } from './problem-list.ts';
import type { Scratch } from './scratch.ts';

/** Bytes that one analysis holds at once unless a budget is passed in: 64 MiB. */
export const defaultMemoryBudget: number = 64 * 1024 * 1024;

/** What {@link analyzeLayer} takes beside the events. */
export interface AnalyzeOptions {
  readonly catalogers: readonly Cataloger[];
  /** Shared by everything that runs at the same time. Default: one of {@link defaultMemoryBudget} bytes for this call. */
  readonly budget?: ByteBudget;
  /** Where files go that do not fit the budget. Default: nowhere, they become problems. */
  readonly scratch?: Scratch;
  readonly signal?: AbortSignal;
}

/**
 * MAP: reads the entries of one layer once and keeps what the catalogers extract. A file that a cataloger cannot read
 * becomes a problem; an error of the events themselves (a broken download, a corrupt archive) rejects.
 *
 * @throws whatever `events` throws; the signal's reason
 */
export async function analyzeLayer(events: AsyncIterable<LayerEvent>, options: AnalyzeOptions): Promise<LayerFacts> {
  const { catalogers, budget = createByteBudget(defaultMemoryBudget), scratch } = options;
  const signal = options.signal ?? new AbortController().signal;
  const problems = new ProblemList();
  const context: AnalyzeContext = {
    catalogers,
    selectsByHead: catalogers.some(({ select }) => select.magic !== undefined),
    storage: { budget, scratch },
    signal,
    problem: (problem) => problems.add(problem),
  };
  const facts = new FactsBuilder();
  const groups = new GroupCollector(context);
  try {
    for await (const event of events) {
      signal.throwIfAborted();
      switch (event.kind) {
        case 'whiteout':
        case 'opaque':
          break;
        case 'problem':
          problems.add({ cataloger: 'layer', path: event.path, code: 'layer', reason: event.reason });
          break;
        default: {
          const analyzed = analyzeEntry(event, facts, groups, context);
          if (analyzed !== undefined) await analyzed;
        }
      }
    }
    await groups.extractAll(facts);
  } finally {
    await groups.release();
  }
  if (facts.refused > 0) {
    const reason = `${facts.refused} more files were selected than the ${maxSelectedPaths} that a layer may have`;
    problems.add({ cataloger: 'layer', path: '', code: 'too-large', reason });
  }
  return {
    version: layerFactsVersion,
    catalogers: catalogerIds(catalogers),
    paths: facts.build(),
    problems: problems.build(),
  };
}

/** Takes an entry. Most are wanted by nobody, and then there is nothing to wait for: undefined. */
function analyzeEntry(
  entry: FileEntry | OtherEntry,
  facts: FactsBuilder,
  groups: GroupCollector,
  context: AnalyzeContext,
): Promise<void> | undefined {
  // The last entry of a path counts, so what an earlier one gave goes first.
  const replaced = facts.replace(entry.path, entry.kind);
  const selectsByHead = context.selectsByHead && entry.kind === 'file' && entry.size > 0;
  const selected = selectsByHead ? undefined : select(entry, context.catalogers, undefined);
  const unwanted = selected?.length === 0 && entry.kind !== 'hardlink' && replaced.length === 0;
  return unwanted ? undefined : analyzeWanted(entry, { replaced, selected }, facts, groups, context);
}

/** @param found what is known of the entry; `selected` is undefined where its first bytes have to be seen */
async function analyzeWanted(
  entry: FileEntry | OtherEntry,
  found: { readonly replaced: readonly string[]; readonly selected: readonly Cataloger[] | undefined },
  facts: FactsBuilder,
  groups: GroupCollector,
  context: AnalyzeContext,
): Promise<void> {
  const { catalogers } = context;
  for (const replaced of found.replaced) await groups.drop(replaced);
  const head = found.selected === undefined && entry.kind === 'file' ? await entry.content.peek(headLength) : undefined;
  const selected = found.selected ?? select(entry, catalogers, head);
  if (entry.kind === 'hardlink') facts.copyFromTarget(entry.path, entry.target, catalogers);
  if (selected.length === 0 || !facts.add(entry.path, entry.kind)) return;
  const extracted = await extractEntry(entry, selected, groups, context);
  for (const [cataloger, value] of extracted) facts.set(entry.path, cataloger, value);
}

/** The catalogers that want an entry whose first bytes are `head`. */
function select(
  entry: FileEntry | OtherEntry,
  catalogers: readonly Cataloger[],
  head: Uint8Array | undefined,
): readonly Cataloger[] {
  return catalogers.filter(
    ({ select: { path, magic } }) => path?.(entry.path, entry.kind) || (head !== undefined && magic?.(head)),
  );
}
