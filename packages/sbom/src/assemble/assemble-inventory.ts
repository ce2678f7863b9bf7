import { catalogerIds } from '../analyze/cataloger-ids.ts';
import type { LayerFacts } from '../analyze/layer-facts.ts';
import type { Cataloger } from '../catalog/cataloger.ts';
import type { FileView, ViewWhiteout } from '../catalog/file-view.ts';
import type { Finding, ProblemFinding } from '../catalog/finding.ts';
import { type Inventory, inventorySchema, type Whiteout } from '../model/inventory.ts';
import { comparePaths } from '../model/order.ts';
import type { Problem } from '../model/problem.ts';
import type { ImageSubject } from '../model/subject.ts';
import { SbomError } from '../sbom-error.ts';
import type { CatalogerNeed, NeedAnswer } from './answer-needs.ts';
import { CatalogerView, FactsIndex } from './cataloger-view.ts';
import type { DeclaredPackages } from './declared-packages.ts';
import { FindingsCollector } from './findings-collector.ts';
import { inventoryLayers } from './inventory-layers.ts';
import { linkedNeeds, wantedLinks } from './linked-needs.ts';
import { plainSubject } from './plain-subject.ts';

/** Needs that one image may have; more than that is an attack on the reader's time, and the rest become problems. */
export const maxNeeds = 1_000;

/** What {@link assembleInventory} takes. */
export interface AssembleInput {
  readonly subject: ImageSubject;
  /** The merged tree of the layers. */
  readonly view: FileView;
  /** Facts of each layer, lowest first, one for each layer of the subject, made by the same catalogers. */
  readonly facts: readonly LayerFacts[];
  readonly catalogers: readonly Cataloger[];
  /** Answers to the needs that an earlier call returned. A need that has been answered is not asked again. */
  readonly answers?: readonly NeedAnswer[];
  /** Which declared packages are listed. Default `beside-nothing`. */
  readonly declared?: DeclaredPackages;
}

/**
 * REDUCE: makes one image's inventory from the facts of its layers. Returns needs instead where content must be looked
 * at once more; pass them to `answerNeeds` and call again with all answers so far.
 *
 * @throws SbomError `FACTS_MISMATCH` when the facts are not of these catalogers or not one for each layer
 */
export function assembleInventory(input: AssembleInput): Inventory | CatalogerNeed[] {
  const { view, facts, catalogers, answers = [], declared = 'beside-nothing' } = input;
  const subject = plainSubject(input.subject);
  checkFacts(input);
  const index = new FactsIndex(view, facts);
  const findings = new FindingsCollector();
  const needs: CatalogerNeed[] = [];
  let refused = 0;
  const links = wantedLinks(catalogers, view);
  for (const cataloger of catalogers) {
    const own = answers.filter(({ need }) => need.cataloger === cataloger.name);
    const answered = new Set(own.map(({ need }) => need.wantedAs));
    const imageView = new CatalogerView<unknown>(index, cataloger.name, own);
    const ownLinks = links.get(cataloger.name) ?? [];
    for (const finding of allFindings(cataloger, imageView, ownLinks, index)) {
      if (finding.kind !== 'need') findings.add(cataloger.name, finding);
      else if (answered.has(finding.wantedAs)) continue;
      else if (needs.length + answers.length < maxNeeds) needs.push({ ...finding, cataloger: cataloger.name });
      else refused += 1;
    }
  }
  if (needs.length > 0) return needs;
  if (refused > 0) findings.add('layer', tooManyNeeds(refused));

  const { distro, packages, relationships, files, models, secrets, problems, omitted } = findings.finish(
    view,
    declared,
  );
  const removals = Array.from(view.whiteouts());
  const ofLayers = [...layerProblems(view, facts), ...disputedRemovals(removals)];
  const allProblems = [...ofLayers, ...answers.flatMap(answerProblems), ...problems].sort(
    (a, b) =>
      comparePaths(a.path, b.path) || comparePaths(a.cataloger, b.cataloger) || comparePaths(a.reason, b.reason),
  );
  return {
    schema: inventorySchema,
    subject,
    layers: inventoryLayers(subject),
    ...(distro && { distro }),
    ...{ packages, relationships, files, models, secrets },
    whiteouts: whiteouts(removals),
    problems: allProblems,
    ...(omitted > 0 && { omitted: { declared: omitted } }),
    complete: allProblems.length === 0,
  };
}

function* allFindings(
  cataloger: Cataloger,
  view: CatalogerView<unknown>,
  links: readonly string[],
  index: FactsIndex,
): Iterable<Finding> {
  yield* linkedNeeds(cataloger, links, index);
  yield* cataloger.assemble(view);
}

function checkFacts({ subject, facts, catalogers }: AssembleInput): void {
  if (facts.length !== subject.layers.length) {
    throw new SbomError('FACTS_MISMATCH', `facts of ${facts.length} layers for an image of ${subject.layers.length}`);
  }
  const expected = catalogerIds(catalogers).join(' ');
  const other = facts.find((layer) => layer.catalogers.join(' ') !== expected);
  if (other !== undefined) {
    throw new SbomError('FACTS_MISMATCH', `facts were made by ${other.catalogers.join(' ')}, expected ${expected}`);
  }
}

const tooManyNeeds = (refused: number): ProblemFinding => ({
  kind: 'problem',
  path: '',
  code: 'too-large',
  reason: `${refused} more files lie behind links than the ${maxNeeds} that an image may have`,
});

/** Problems of the layers, less those of files that the merged tree does not show. */
function* layerProblems(view: FileView, facts: readonly LayerFacts[]): Iterable<Problem> {
  for (const [layer, { problems }] of facts.entries()) {
    for (const problem of problems) {
      if (problem.cataloger === 'layer' || view.layerOf(problem.path) === layer) yield { ...problem, layer };
    }
  }
}

/** A container may have files that the view, as specified, hides. */
function* disputedRemovals(removals: readonly ViewWhiteout[]): Iterable<Problem> {
  const reason =
    'this directory is removed and made anew by one layer: by the image-spec what lower layers have in it is gone, on overlayfs it is not';
  for (const { path, layer, disputed } of removals) {
    if (disputed === true) yield { cataloger: 'layer', path, layer, code: 'layer', reason };
  }
}

function answerProblems({ need, problems }: NeedAnswer): Problem[] {
  const layer = need.files[0]?.layer;
  return problems.map((problem) => ({ ...problem, ...(layer !== undefined && { layer }) }));
}

function whiteouts(removals: readonly ViewWhiteout[]): Whiteout[] {
  return removals
    .map(({ path, layer, opaque }) => ({ path, layer, opaque }))
    .sort((a, b) => a.layer - b.layer || comparePaths(a.path, b.path) || Number(a.opaque) - Number(b.opaque));
}
