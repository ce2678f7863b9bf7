import type { Cataloger } from '../catalog/cataloger.ts';
import { headLength } from '../catalog/head-length.ts';
import type { LayerEvent } from '../catalog/layer-event.ts';
import type { AnalyzeContext } from './analyze-context.ts';
import { BodyBuffer } from './body-buffer.ts';
import { type ByteBudget, createByteBudget } from './byte-budget.ts';
import { catalogerIds } from './cataloger-ids.ts';
import { type FileEntry, headOf } from './entry-head.ts';
import { extractEntry, type OtherEntry } from './extract-entry.ts';
import { FactsBuilder, maxSelectedPaths } from './facts-builder.ts';
import { GroupCollector } from './group-collector.ts';
import type { Isolation } from './isolation.ts';
import { type LayerFacts, layerFactsVersion } from './layer-facts.ts';
import { PendingExtractions } from './pending-extractions.ts';
import { type LayerProblem, ProblemList } from './problem-list.ts';
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
  /**
   * Where catalogers with `isolate` run, each file apart and against its deadline, while the pass goes on. Default: here,
   * like the others, and without a deadline.
   */
  readonly isolation?: Isolation;
  readonly signal?: AbortSignal;
}

/**
 * MAP: reads the entries of one layer once and keeps what the catalogers extract. A file that a cataloger cannot read
 * becomes a problem; an error of the events themselves (a broken download, a corrupt archive) rejects. Equal layers give
 * equal facts, down to the order of their members, whatever the order of the catalogers and however slow each is.
 *
 * @throws whatever `events` throws; what keeps the isolation from working; the signal's reason
 */
export async function analyzeLayer(events: AsyncIterable<LayerEvent>, options: AnalyzeOptions): Promise<LayerFacts> {
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const pass = new LayerPass(options, signal, (error) => stop.abort(error));
  try {
    for await (const event of events) {
      signal.throwIfAborted();
      const taken = pass.take(event);
      if (taken !== undefined) await taken;
    }
    return await pass.finish();
  } catch (error) {
    stop.abort(error);
    throw error;
  } finally {
    await pass.release();
  }
}

/** The pass over one layer, entry by entry. */
class LayerPass {
  readonly #catalogers: readonly Cataloger[];
  readonly #context: AnalyzeContext;
  readonly #problems = new ProblemList();
  readonly #facts = new FactsBuilder();
  readonly #groups: GroupCollector;
  readonly #pending: PendingExtractions;
  #position = 0;

  constructor(options: AnalyzeOptions, signal: AbortSignal, fail: (error: unknown) => void) {
    const { catalogers, budget = createByteBudget(defaultMemoryBudget), scratch, isolation } = options;
    this.#catalogers = catalogers;
    this.#context = {
      selector: createSelector(catalogers),
      byHead: catalogers.filter(({ select }) => select.magic !== undefined),
      bodyBuffer: new BodyBuffer(),
      storage: { budget, scratch, beforeWaiting: () => this.#groups.moveToScratch() },
      isolation,
      signal,
      problem: (problem) => this.#problems.add(problem),
    };
    this.#groups = new GroupCollector(this.#context);
    this.#pending = new PendingExtractions(1 + 2 * (isolation?.parallel ?? 0), fail);
  }

  /** Takes an event. Most entries are wanted by nobody, and then there is nothing to wait for: undefined. */
  take(event: LayerEvent): Promise<void> | undefined {
    this.#position += 1;
    switch (event.kind) {
      case 'whiteout':
      case 'opaque':
        return undefined;
      case 'problem': {
        const { path, reason } = event;
        this.#problems.add({ cataloger: 'layer', path, code: 'layer', reason }, this.#position);
        return undefined;
      }
      default:
        return this.#takeEntry(event);
    }
  }

  async finish(): Promise<LayerFacts> {
    await this.#pending.settled();
    this.#context.signal.throwIfAborted();
    await this.#groups.extractAll(this.#facts);
    const { refused } = this.#facts;
    if (refused > 0) {
      const reason = `${refused} more files were selected than the ${maxSelectedPaths} that a layer may have`;
      this.#problems.add({ cataloger: 'layer', path: '', code: 'too-large', reason });
    }
    return {
      version: layerFactsVersion,
      catalogers: catalogerIds(this.#catalogers),
      paths: this.#facts.build(),
      problems: this.#problems.build(),
    };
  }

  async release(): Promise<void> {
    await this.#pending.settled();
    await this.#groups.release();
  }

  #takeEntry(entry: FileEntry | OtherEntry): Promise<void> | undefined {
    // The last entry of a path counts, so what an earlier one gave goes first.
    const replaced = this.#facts.replace(entry.path, entry.kind);
    const byPath = this.#context.selector.byPath(entry.path, entry.kind);
    if (replaced || entry.kind === 'hardlink') return this.#replaceAndTake(entry, byPath);
    return this.#takeWanted(entry, byPath);
  }

  async #replaceAndTake(entry: FileEntry | OtherEntry, byPath: readonly Cataloger[]): Promise<void> {
    await this.#groups.drop(entry.path);
    if (entry.kind === 'hardlink') await this.#copyFromTarget(entry);
    await this.#takeWanted(entry, byPath);
  }

  #takeWanted(entry: FileEntry | OtherEntry, byPath: readonly Cataloger[]): Promise<void> | undefined {
    if (this.#context.byHead.length === 0 || entry.kind !== 'file' || entry.size === 0) {
      return byPath.length === 0 ? undefined : this.#extract(entry, byPath);
    }
    const head = headOf(entry, headLength);
    if (!(head instanceof Uint8Array)) return this.#takeByHead(entry, byPath, head);
    const selected = this.#selectByHead(entry, byPath, head);
    return selected.length === 0 ? undefined : this.#extract(entry, selected);
  }

  async #takeByHead(entry: FileEntry, byPath: readonly Cataloger[], head: Promise<Uint8Array>): Promise<void> {
    const selected = this.#selectByHead(entry, byPath, await head);
    if (selected.length > 0) await this.#extract(entry, selected);
  }

  async #extract(entry: FileEntry | OtherEntry, selected: readonly Cataloger[]): Promise<void> {
    const facts = this.#facts.add(entry.path, entry.kind);
    if (facts === undefined) return;
    const position = this.#position;
    const problem = (found: LayerProblem): void => this.#problems.add(found, position);
    const { pending } = await extractEntry(entry, selected, facts, this.#groups, { ...this.#context, problem });
    if (pending !== undefined) await this.#pending.add(facts, pending);
  }

  /** The catalogers that want a file by its path, and those that want it by its first bytes. */
  #selectByHead(entry: FileEntry, byPath: readonly Cataloger[], head: Uint8Array): readonly Cataloger[] {
    // A source that cannot tell the first bytes gives none: then nothing is known of the content.
    if (head.byteLength === 0) return byPath;
    let selected = byPath;
    for (const cataloger of this.#context.byHead) {
      if (byPath.includes(cataloger) || !cataloger.select.magic?.(head, entry)) continue;
      selected = [...selected, cataloger];
    }
    return selected;
  }

  /**
   * A hard link has the content its target has at this moment, whatever replaces the target later in the same layer;
   * so facts that the target already gave are the link's as well.
   */
  async #copyFromTarget({ path, target }: { readonly path: string; readonly target: string }): Promise<void> {
    const source = this.#facts.at(target);
    if (source === undefined) return;
    await this.#pending.of(source);
    for (const { name } of [...this.#context.selector.byPath(path, 'file'), ...this.#context.byHead]) {
      const facts = source.facts[name];
      const link = facts === undefined ? undefined : this.#facts.add(path, 'hardlink');
      if (link !== undefined) link.facts[name] = facts;
    }
  }
}
