import type { Cataloger, SelectedFile } from '../catalog/cataloger.ts';
import type { AnalyzeContext } from './analyze-context.ts';
import { extractKept } from './extract-kept.ts';
import type { EntryFacts, FactsBuilder } from './facts-builder.ts';
import { type RetainedContent, retainContent, retainInScratch } from './retained-content.ts';
import { problemOf } from './run-extract.ts';
import type { KeptFile } from './run-isolated.ts';

interface Member {
  readonly cataloger: Cataloger;
  readonly group: string;
  readonly entry: EntryFacts;
  readonly header: Omit<KeptFile, 'content'>;
  content: RetainedContent;
}

const fileOf = ({ header, content }: Member): KeptFile => ({ ...header, content });

/** Keeps the members of groups until the layer has been read, then has each group extracted as one. */
export class GroupCollector {
  readonly #context: AnalyzeContext;
  readonly #members = new Map<string, Member[]>();

  constructor(context: AnalyzeContext) {
    this.#context = context;
  }

  /** Keeps one member; a body that cannot be kept is a problem. */
  async keep(
    cataloger: Cataloger,
    group: string,
    file: SelectedFile,
    entry: EntryFacts,
    { problem }: Pick<AnalyzeContext, 'problem'>,
  ): Promise<void> {
    const { storage, signal } = this.#context;
    try {
      const content = await retainContent(file.stream(), file, storage, signal);
      const { path, mode, uid, gid, mtime, size, head } = file;
      const header = { path, mode, uid, gid, mtime, size, head };
      const member: Member = { cataloger, group, entry, header, content };
      const members = this.#members.get(path);
      if (members === undefined) this.#members.set(path, [member]);
      else members.push(member);
    } catch (error) {
      signal.throwIfAborted();
      problem({ cataloger: cataloger.name, path: file.path, ...problemOf(error) });
    }
  }

  /** Forgets the members that a later entry of the same path replaces. */
  async drop(path: string): Promise<void> {
    const members = this.#members.get(path) ?? [];
    this.#members.delete(path);
    for (const { content } of members) await content.release();
  }

  /**
   * Frees the bytes of the budget that members hold.
   *
   * @throws SbomError `FILE_TOO_LARGE` when there is no scratch for them
   */
  async moveToScratch(): Promise<void> {
    const { storage, signal } = this.#context;
    for (const member of Array.from(this.#members.values()).flat()) {
      const { content, header } = member;
      if (content.buffer === undefined) continue;
      member.content = await retainInScratch(inChunks(content.buffer), header, storage, signal);
      await content.release();
    }
  }

  /** Facts of a group belong to its main file, or to the first member of the layer where the main one lies elsewhere. */
  async extractAll(facts: FactsBuilder): Promise<void> {
    const there = Array.from(this.#members.values())
      .flat()
      .filter(({ entry }) => facts.at(entry.path) === entry);
    for (const members of Map.groupBy(there, ({ cataloger, group }) => `${cataloger.name}\0${group}`).values()) {
      const main = members.find(({ header, group }) => header.path === group) ?? (members[0] as Member);
      const others = members.filter((member) => member !== main).map(fileOf);
      const { cataloger, entry } = main;
      await extractKept(cataloger, [fileOf(main), ...others], { ...this.#context, last: true }, (value) => {
        entry.facts[cataloger.name] = value;
      });
    }
  }

  async release(): Promise<void> {
    const members = Array.from(this.#members.values()).flat();
    this.#members.clear();
    await Promise.all(members.map(({ content }) => content.release()));
  }
}

async function* inChunks(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
