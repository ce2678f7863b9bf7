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
        default:
          await analyzeEntry(event, facts, groups, context);
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

async function analyzeEntry(
  entry: FileEntry | OtherEntry,
  facts: FactsBuilder,
  groups: GroupCollector,
  context: AnalyzeContext,
): Promise<void> {
  // The last entry of a path counts, so what an earlier one gave goes first.
  for (const replaced of facts.replace(entry.path, entry.kind)) await groups.drop(replaced);
  const selected = await select(entry, context.catalogers);
  if (entry.kind === 'hardlink') facts.copyFromTarget(entry.path, entry.target, context.catalogers);
  if (selected.length === 0) return;
  if (!facts.add(entry.path, entry.kind)) return;
  const found = await extractEntry(entry, selected, groups, context);
  for (const [cataloger, value] of found) facts.set(entry.path, cataloger, value);
}

/** The catalogers that want an entry. */
async function select(entry: FileEntry | OtherEntry, catalogers: readonly Cataloger[]): Promise<readonly Cataloger[]> {
  let selected: Cataloger[] | undefined;
  let head: Uint8Array | undefined;
  for (const cataloger of catalogers) {
    const { path, magic } = cataloger.select;
    let wanted = path?.(entry.path, entry.kind) ?? false;
    if (!wanted && magic !== undefined && entry.kind === 'file' && entry.size > 0) {
      head ??= await entry.content.peek(headLength);
      wanted = magic(head);
    }
    if (wanted) selected = [...(selected ?? []), cataloger];
  }
  return selected ?? nobody;
}

const nobody: readonly Cataloger[] = [];
