import type { FileEvent, LinkEntry, MarkerEntry, NodeEntry, ProblemEntry } from '../event/file-event.ts';
import { problem } from '../event/read-entry.ts';
import type { ExtractLimits } from '../extract-limits.ts';
import { ContentCheck } from './content-check.ts';
import type { TableOfContents, TocEntry } from './table-of-contents.ts';
import { eventsOf, noBody } from './walk-toc.ts';

/** More differences than these are counted, not told one by one. */
const maxProblems = 100;

/** Collects what an archive says otherwise than its table of contents. */
export class TocComparison {
  readonly #expected: Map<string, { readonly event: FileEvent; readonly entry: TocEntry; seen: boolean }> = new Map();
  readonly #problems: ProblemEntry[] = [];
  #more = 0;

  constructor(toc: TableOfContents, limits: ExtractLimits) {
    for (const entry of toc.entries) {
      for (const event of eventsOf(entry, noBody, limits)) {
        if (event.kind !== 'problem') this.#expected.set(keyOf(event), { event, entry, seen: false });
      }
    }
  }

  /** What was found so far, the last one a count where there were too many. */
  get problems(): readonly ProblemEntry[] {
    if (this.#more === 0) return this.#problems;
    return [...this.#problems, problem('', `${this.#more} more differences between archive and table of contents`)];
  }

  /** Notes a difference. */
  report(path: string, reason: string): void {
    if (this.#problems.length < maxProblems) this.#problems.push(problem(path, reason));
    else this.#more += 1;
  }

  /**
   * Compares the header of an event of the archive.
   *
   * @returns the entry of the table, for {@link content}; undefined where there is none
   */
  header(event: FileEvent): TocEntry | undefined {
    if (event.kind === 'problem') return undefined;
    const expected = this.#expected.get(keyOf(event));
    if (expected === undefined)
      this.report(event.path, `the archive has this ${event.kind}, its table of contents not`);
    else if (expected.seen) this.report(event.path, 'the archive has it twice, its table of contents once');
    else {
      expected.seen = true;
      const difference = differenceOf(event, expected.event);
      if (difference !== undefined) this.report(event.path, `the table of contents has another ${difference}`);
    }
    return expected?.entry;
  }

  /** Compares the content of a file of the archive, which is read for it. */
  async content(path: string, content: AsyncIterable<Uint8Array>, entry: TocEntry): Promise<void> {
    const check = new ContentCheck(entry);
    for await (const chunk of content) {
      if (check.add(chunk)) continue;
      this.report(path, 'the table of contents has another content');
      return;
    }
  }

  /** Notes what the table has and no event of the archive had. */
  reportUnseen(): void {
    for (const { event, seen } of this.#expected.values()) {
      if (!seen) this.report(event.path, `the table of contents has this ${event.kind}, the archive not`);
    }
  }
}

type HeaderEvent = Exclude<FileEvent, MarkerEntry | ProblemEntry> | NodeEntry | LinkEntry;

function keyOf(event: FileEvent): string {
  return `${event.kind === 'whiteout' || event.kind === 'opaque' ? event.kind : 'entry'}:${event.path}`;
}

function differenceOf(found: FileEvent, expected: FileEvent): string | undefined {
  if (found.kind !== expected.kind) return 'kind';
  if (!isHeader(found) || !isHeader(expected)) return undefined;
  for (const key of ['mode', 'uid', 'gid'] as const) if (found[key] !== expected[key]) return key;
  // Writers of tables round fractions of a second.
  if (Math.abs(found.mtime - expected.mtime) > 1) return 'mtime';
  if (found.kind === 'file' && expected.kind === 'file' && found.size !== expected.size) return 'size';
  return 'target' in found && 'target' in expected && found.target !== expected.target ? 'target' : undefined;
}

function isHeader(event: FileEvent): event is HeaderEvent {
  return event.kind !== 'whiteout' && event.kind !== 'opaque' && event.kind !== 'problem';
}
