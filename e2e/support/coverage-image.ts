import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheEntry } from './cache-entry.ts';
import { debianWithLanguages } from './coverage-image/debian-tree.ts';
import { askPackageManagers, type StatedPackage } from './coverage-image/oracles.ts';
import { again, change, install, type StepResult } from './coverage-image/steps.ts';
import { writeLayerTar } from './layer-tar.ts';
import { writeOciLayout } from './oci-layout.ts';
import { runTool } from './run-tool.ts';
import { snapshotTree, type TreeSnapshot } from './tree-snapshot.ts';

/** An image of many package systems, and what the package managers say of it. */
export interface CoverageImage {
  /** An OCI image layout of the image with the tag `latest`. */
  readonly layout: string;
  /** For each layer, lowest first, what the package managers found when the tree was as the layer leaves it. */
  readonly answers: readonly (readonly StatedPackage[])[];
}

/** Changes when the steps change, so that a kept image of an older make is not taken for this one. */
const make = 2;

const steps = ['install', 'change', 'again'] as const;

/**
 * Several hundred packages of more than ten package systems in three layers: one tree that the package managers
 * themselves change three times, each layer the difference of two states, and each asked after each step. Needs root and
 * takes two to four minutes the first time.
 */
export async function coverageImage(): Promise<CoverageImage> {
  const root = await debianWithLanguages();
  const directory = await cacheEntry('coverage-image', { from: root.split('/').at(-2), make }, async (entry) => {
    const tree = join(entry, 'tree');
    const scratch = join(entry, 'scratch');
    for (const path of [tree, scratch]) await mkdir(path);
    await symlink(tree, join(scratch, 'root'));
    await runTool('tar', ['-x', '-p', '--numeric-owner', '-f', root, '-C', tree]);
    let before: TreeSnapshot = new Map();
    let result: StepResult | undefined;
    for (const [index, name] of steps.entries()) {
      result = await takeStep(name, { tree, scratch }, result);
      await clean(tree);
      const answer = await askPackageManagers(tree, result.facts);
      await writeFile(join(entry, `answers-${index}.json`), JSON.stringify(answer));
      await clean(tree);
      const after = await snapshotTree(tree);
      await writeLayerTar(tree, { before, after, opaque: result.opaque }, join(scratch, `${name}.tar`));
      before = after;
    }
    const layers = steps.map((name) => ({ tar: join(scratch, `${name}.tar`), createdBy: name }));
    await writeOciLayout(join(entry, 'layout'), 'latest', layers, 'zstd');
    for (const path of [tree, scratch]) await rm(path, { recursive: true });
  });
  const answers = steps.map(async (_, index) => {
    return JSON.parse(await readFile(join(directory, `answers-${index}.json`), 'utf8')) as StatedPackage[];
  });
  return { layout: join(directory, 'layout'), answers: await Promise.all(answers) };
}

async function takeStep(
  name: (typeof steps)[number],
  tree: { readonly tree: string; readonly scratch: string },
  last: StepResult | undefined,
): Promise<StepResult> {
  if (last === undefined) return await install(tree);
  return name === 'change' ? await change(tree) : await again(tree, last.facts);
}

/** Takes away what the tools left in their home. */
async function clean(tree: string): Promise<void> {
  for (const name of await readdir(join(tree, 'tmp'))) await rm(join(tree, 'tmp', name), { recursive: true });
}
