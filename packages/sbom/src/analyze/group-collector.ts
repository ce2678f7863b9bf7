import type { Cataloger, SelectedFile } from '../catalog/cataloger.ts';
import type { AnalyzeContext } from './analyze-context.ts';
import type { FactsBuilder } from './facts-builder.ts';
import { type RetainedContent, retainContent } from './retained-content.ts';
import { retainedFile } from './retained-file.ts';
import { problemOf, runExtract } from './run-extract.ts';

interface Member {
  readonly cataloger: Cataloger;
  readonly group: string;
  readonly file: SelectedFile;
  readonly content: RetainedContent;
}

/** Keeps the members of groups until the layer has been read, then has each group extracted as one. */
export class GroupCollector {
  readonly #context: AnalyzeContext;
  readonly #members: Member[] = [];

  constructor(context: AnalyzeContext) {
    this.#context = context;
  }

  /** Keeps one member; a body that cannot be kept is a problem. */
  async keep(cataloger: Cataloger, group: string, file: SelectedFile): Promise<void> {
    const { storage, signal, problem } = this.#context;
    try {
      const content = await retainContent(file.stream(), file, storage, signal);
      this.#members.push({ cataloger, group, file: retainedFile(file, content), content });
    } catch (error) {
      signal.throwIfAborted();
      problem({ cataloger: cataloger.name, path: file.path, ...problemOf(error) });
    }
  }

  /** Forgets a member that a later entry of the layer replaces. */
  async drop(path: string): Promise<void> {
    for (let i = this.#members.length - 1; i >= 0; i -= 1) {
      const member = this.#members[i];
      if (member?.file.path !== path) continue;
      this.#members.splice(i, 1);
      await member.content.release();
    }
  }

  /** Facts of a group belong to its main file, or to the first member of the layer where the main one lies elsewhere. */
  async extractAll(facts: FactsBuilder): Promise<void> {
    for (const [key, members] of Map.groupBy(this.#members, ({ cataloger, group }) => `${cataloger.name}\0${group}`)) {
      const files = new Map(members.map(({ file }) => [file.path, file]));
      const first = members[0] as Member;
      const main = files.get(key.slice(key.indexOf('\0') + 1)) ?? first.file;
      await runExtract(first.cataloger, main, files, this.#context, (value) =>
        facts.set(main.path, first.cataloger.name, value),
      );
    }
  }

  async release(): Promise<void> {
    await Promise.all(this.#members.splice(0).map(({ content }) => content.release()));
  }
}
