import { type AnalyzeOptions, defaultMemoryBudget } from '../analyze/analyze-layer.ts';
import { createByteBudget } from '../analyze/byte-budget.ts';
import type { FileEntry } from '../analyze/entry-head.ts';
import { extractKept, type KeptContext } from '../analyze/extract-kept.ts';
import type { LayerProblem } from '../analyze/problem-list.ts';
import { type RetainedContent, retainContent } from '../analyze/retained-content.ts';
import { problemOf } from '../analyze/run-extract.ts';
import type { KeptFile } from '../analyze/run-isolated.ts';
import type { Cataloger } from '../catalog/cataloger.ts';
import type { Need } from '../catalog/finding.ts';
import { headLength } from '../catalog/head-length.ts';
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
  const { catalogers, budget = createByteBudget(defaultMemoryBudget), scratch, isolation, openLayer } = options;
  const signal = options.signal ?? new AbortController().signal;
  const context = { storage: { budget, scratch }, isolation, signal };
  const kept = new Map<string, Kept>();
  const wanted = Map.groupBy(
    needs.flatMap(({ files }) => files),
    ({ layer }) => layer,
  );
  try {
    for (const [layer, files] of wanted) {
      const paths = new Set(files.map(({ path }) => path));
      await keepFiles(openLayer(layer, { signal }), layer, paths, kept, context);
    }
    const answers: NeedAnswer[] = [];
    for (const need of needs) answers.push(await answer(need, kept, catalogers, context));
    return answers;
  } finally {
    for (const { content } of kept.values()) await content?.release();
  }
}

interface Kept {
  readonly file?: KeptFile;
  readonly content?: RetainedContent;
  readonly error?: unknown;
}

const keyOf = (layer: number, path: string) => `${layer}:${path}`;

async function keepFiles(
  events: AsyncIterable<LayerEvent>,
  layer: number,
  paths: ReadonlySet<string>,
  kept: Map<string, Kept>,
  context: Pick<KeptContext, 'storage' | 'signal'>,
): Promise<void> {
  // To the end, even when all are found: a later entry of the same path counts, and the source verifies itself there.
  for await (const event of events) {
    if (event.kind !== 'file' || !paths.has(event.path)) continue;
    const key = keyOf(layer, event.path);
    await kept.get(key)?.content?.release();
    try {
      const content = await retainContent(event.content, event, context.storage, context.signal);
      kept.set(key, { content, file: await keptFile(event, content) });
    } catch (error) {
      context.signal.throwIfAborted();
      kept.set(key, { error });
    }
  }
}

async function keptFile(event: FileEntry, content: RetainedContent): Promise<KeptFile> {
  const { path, mode, uid, gid, mtime, size } = event;
  // A copy: the buffer itself may be handed over.
  const head = (await content.read(0, headLength)).slice();
  return { path, mode, uid, gid, mtime, size, head, content };
}

async function answer(
  need: CatalogerNeed,
  kept: ReadonlyMap<string, Kept>,
  catalogers: readonly Cataloger[],
  shared: Omit<KeptContext, 'problem' | 'last'>,
): Promise<NeedAnswer> {
  const problems: LayerProblem[] = [];
  let facts: unknown;
  const cataloger = catalogers.find(({ name }) => name === need.cataloger);
  const members = need.files.map(({ layer, path }) => kept.get(keyOf(layer, path)));
  for (const member of members) {
    if (member?.error === undefined) continue;
    problems.push({ cataloger: need.cataloger, path: need.wantedAs, ...problemOf(member.error) });
  }
  const [main, ...others] = members.flatMap((member) => member?.file ?? []);
  if (cataloger !== undefined && main !== undefined && problems.length === 0) {
    // The cataloger judges a file by its path, so it sees the one that it wanted. Other needs may want the same bytes.
    const wanted: KeptFile = { ...main, path: need.wantedAs };
    const context = { ...shared, last: false, problem: (problem: LayerProblem) => void problems.push(problem) };
    await extractKept(cataloger, [wanted, ...others], context, (value) => {
      facts = value;
    });
  }
  return { need, facts, problems };
}
