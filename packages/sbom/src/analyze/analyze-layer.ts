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
import { createSelector } from './selector.ts';

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
    selector: createSelector(catalogers),
    byHead: catalogers.filter(({ select }) => select.magic !== undefined),
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
  const byPath = context.selector.byPath(entry.path, entry.kind);
  const unwanted = byPath.length === 0 && entry.kind !== 'hardlink' && replaced.length === 0;
  return unwanted && !looksAtHead(entry, context)
    ? undefined
    : analyzeWanted(entry, { replaced, byPath }, facts, groups, context);
}

function looksAtHead(entry: FileEntry | OtherEntry, { byHead }: AnalyzeContext): entry is FileEntry {
  return byHead.length > 0 && entry.kind === 'file' && entry.size > 0;
}

async function analyzeWanted(
  entry: FileEntry | OtherEntry,
  found: { readonly replaced: readonly string[]; readonly byPath: readonly Cataloger[] },
  facts: FactsBuilder,
  groups: GroupCollector,
  context: AnalyzeContext,
): Promise<void> {
  for (const replaced of found.replaced) await groups.drop(replaced);
  if (entry.kind === 'hardlink') facts.copyFromTarget(entry.path, entry.target, context);
  const selected = looksAtHead(entry, context) ? await selectByHead(entry, found.byPath, context) : found.byPath;
  if (selected.length === 0 || !facts.add(entry.path, entry.kind)) return;
  const extracted = await extractEntry(entry, selected, groups, context);
  for (const [cataloger, value] of extracted) facts.set(entry.path, cataloger, value);
}

/** The catalogers that want a file by its path, and those that want it by its first bytes. */
async function selectByHead(
  entry: FileEntry,
  byPath: readonly Cataloger[],
  { byHead }: AnalyzeContext,
): Promise<readonly Cataloger[]> {
  const head = await entry.content.peek(headLength);
  const others = byHead.filter((cataloger) => !byPath.includes(cataloger) && cataloger.select.magic?.(head, entry));
  return others.length === 0 ? byPath : [...byPath, ...others];
}
