import { indexLayer, mergeLayers, walkDirectory } from '@falcon-iar/layer-extract';
import { analyzeLayer } from '../../packages/sbom/src/analyze/analyze-layer.ts';
import { assembleInventory } from '../../packages/sbom/src/assemble/assemble-inventory.ts';
import { subjectFor } from '../../packages/sbom/src/assemble/image.test-support.ts';
import type { Cataloger } from '../../packages/sbom/src/catalog/cataloger.ts';
import type { Finding } from '../../packages/sbom/src/catalog/finding.ts';
import type { Inventory } from '../../packages/sbom/src/model/inventory.ts';

/** What a cataloger makes of a directory. */
export interface CatalogedDirectory {
  readonly inventory: Inventory;
  /** What it found, before packages are joined. */
  readonly findings: readonly Finding[];
}

/** Runs one cataloger over a directory, as if it were the one layer of an image. */
export async function catalogDirectory<F>(root: string, cataloger: Cataloger<F>): Promise<CatalogedDirectory> {
  let findings: Finding[] = [];
  const recording: Cataloger<F> = {
    ...cataloger,
    assemble(view) {
      findings = Array.from(cataloger.assemble(view));
      return findings;
    },
  };
  const catalogers = [recording as Cataloger];
  const { events, index } = indexLayer(walkDirectory(root));
  const facts = await analyzeLayer(events, { catalogers });
  const view = mergeLayers([index()]);
  const inventory = assembleInventory({ subject: subjectFor([{}]), view, facts: [facts], catalogers });
  if (Array.isArray(inventory)) throw new Error(`${root}: content behind links, ${JSON.stringify(inventory)}`);
  return { inventory, findings };
}
