import type { AnalyzeContext } from '../analyze/analyze-context.ts';
import { type AnalyzeOptions, defaultMemoryBudget } from '../analyze/analyze-layer.ts';
import { createByteBudget } from '../analyze/byte-budget.ts';
import type { LayerProblem } from '../analyze/problem-list.ts';
import { type RetainedContent, retainContent } from '../analyze/retained-content.ts';
import { retainedFile } from '../analyze/retained-file.ts';
import { problemOf, runExtract } from '../analyze/run-extract.ts';
import type { Cataloger, SelectedFile } from '../catalog/cataloger.ts';
import type { Need } from '../catalog/finding.ts';
import type { LayerEvent } from '../catalog/layer-event.ts';

/** A need and the name of the cataloger that has it. */
export interface CatalogerNeed extends Need {
  readonly cataloger: string;
}

/** What a second look gave. */
export interface NeedAnswer {
  readonly need: CatalogerNeed;
  /** Undefined where the file gave none, or is none (a link may lead to a directory). */
  readonly facts: unknown;
  readonly problems: readonly LayerProblem[];
}

/** What {@link answerNeeds} takes beside the needs. */
export interface AnswerNeedsOptions extends AnalyzeOptions {
  /** Opens the entries of a layer once more, by its index. */
  readonly openLayer: (layer: number, options: { signal: AbortSignal }) => AsyncIterable<LayerEvent>;
}

/**
 * Reads once more the layers that hold what the first pass did not know to be wanted, each once for all needs.
 *
 * @throws whatever `openLayer`'s events throw; the signal's reason
 */
export async function answerNeeds(needs: readonly CatalogerNeed[], options: AnswerNeedsOptions): Promise<NeedAnswer[]> {
  const { catalogers, budget = createByteBudget(defaultMemoryBudget), scratch, openLayer } = options;
  const signal = options.signal ?? new AbortController().signal;
  const kept = new Map<string, Kept>();
  const wanted = Map.groupBy(
    needs.flatMap(({ files }) => files),
    ({ layer }) => layer,
  );
  try {
    for (const [layer, files] of wanted) {
      const paths = new Set(files.map(({ path }) => path));
      await keepFiles(openLayer(layer, { signal }), layer, paths, kept, { storage: { budget, scratch }, signal });
    }
    const answers: NeedAnswer[] = [];
    for (const need of needs) answers.push(await answer(need, kept, { catalogers, signal }));
    return answers;
  } finally {
    for (const { content } of kept.values()) await content?.release();
  }
}

interface Kept {
  readonly file?: SelectedFile;
  readonly content?: RetainedContent;
  readonly error?: unknown;
}

const keyOf = (layer: number, path: string) => `${layer}:${path}`;

async function keepFiles(
  events: AsyncIterable<LayerEvent>,
  layer: number,
  paths: ReadonlySet<string>,
  kept: Map<string, Kept>,
  context: Pick<AnalyzeContext, 'storage' | 'signal'>,
): Promise<void> {
  // To the end, even when all are found: a later entry of the same path counts, and the source verifies itself there.
  for await (const event of events) {
    if (event.kind !== 'file' || !paths.has(event.path)) continue;
    const key = keyOf(layer, event.path);
    await kept.get(key)?.content?.release();
    try {
      const content = await retainContent(event.content, event, context.storage, context.signal);
      kept.set(key, { content, file: retainedFile(event, content) });
    } catch (error) {
      context.signal.throwIfAborted();
      kept.set(key, { error });
    }
  }
}

async function answer(
  need: CatalogerNeed,
  kept: ReadonlyMap<string, Kept>,
  { catalogers, signal }: { readonly catalogers: readonly Cataloger[]; readonly signal: AbortSignal },
): Promise<NeedAnswer> {
  const problems: LayerProblem[] = [];
  let facts: unknown;
  const cataloger = catalogers.find(({ name }) => name === need.cataloger);
  const members = need.files.map(({ layer, path }) => kept.get(keyOf(layer, path)));
  for (const member of members) {
    if (member?.error === undefined) continue;
    problems.push({ cataloger: need.cataloger, path: need.wantedAs, ...problemOf(member.error) });
  }
  const files = members.flatMap((member) => member?.file ?? []);
  const main = files[0];
  if (cataloger !== undefined && main !== undefined && problems.length === 0) {
    // The cataloger judges a file by its path, so it sees the one that it wanted.
    const wanted: SelectedFile = { ...main, path: need.wantedAs };
    const group = new Map(files.map((file) => (file === main ? [wanted.path, wanted] : [file.path, file])));
    const context = { signal, problem: (problem: LayerProblem) => void problems.push(problem) };
    await runExtract(cataloger, wanted, group, context, (value) => {
      facts = value;
    });
  }
  return { need, facts, problems };
}
