import type { FileLocation, ImageView } from '../../catalog/file-view.ts';
import type { Finding, PackageFinding } from '../../catalog/finding.ts';
import { isPlainToken } from '../text/plain-token.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { type HomebrewFile, homebrewFile } from './database-files.ts';
import type { HomebrewFacts } from './facts.ts';
import type { HomebrewFormula } from './parse-formula.ts';
import type { HomebrewReceipt } from './parse-receipt.ts';

/** A keg with what its files say. */
interface Keg {
  readonly place: HomebrewFile;
  /** The file that proves it: the receipt, else the formula. */
  readonly proof: FileLocation;
  readonly receipt?: HomebrewReceipt;
  readonly formula?: HomebrewFormula;
}

/** The tap of what has no namespace in its package URL (purl-spec, `brew`). */
const defaultTap = 'homebrew/core';

/** The formulae in the image's cellars, and what each needs. */
export function* homebrewFindings(view: ImageView<HomebrewFacts>): Iterable<Finding> {
  const installed = kegs(view);
  // Of several versions any will do: the one that is linked is not known here.
  const byName = new Map(installed.map(({ place }) => [`${place.cellar}|${place.name}`, place.keg]));
  for (const keg of installed) {
    yield packageFinding(keg, view);
    for (const name of keg.receipt?.dependencies ?? []) {
      const to = byName.get(`${keg.place.cellar}|${name}`);
      if (to !== undefined) yield { kind: 'depends-on', from: keg.place.keg, to };
    }
  }
}

function kegs(view: ImageView<HomebrewFacts>): Keg[] {
  const found = new Map<string, Keg>();
  for (const { path, layer, facts } of view.all()) {
    const place = homebrewFile(path);
    if (place === undefined || !isPlainToken(place.name) || !isPlainToken(place.version)) continue;
    const known = found.get(place.keg);
    if (facts.kind === 'receipt')
      found.set(place.keg, { ...known, place, proof: { path, layer }, receipt: facts.receipt });
    else found.set(place.keg, { place, proof: { path, layer }, ...known, formula: facts.formula });
  }
  return Array.from(found.values());
}

function packageFinding({ place, proof, receipt, formula }: Keg, view: ImageView<HomebrewFacts>): PackageFinding {
  const { keg: key, name, version } = place;
  const { tap, architecture, autoInstalled, bottle } = receipt ?? {};
  const { description, homepage, license } = formula ?? {};
  const [first] = view.history(proof.path);
  return {
    ...{ kind: 'package', key, type: 'brew', class: 'os', name, version, architecture, description, homepage },
    ...(tap !== undefined && tap !== defaultTap && { namespace: tap }),
    licenses: license === undefined ? [] : [license],
    details: withoutUndefined({ tap, bottle, autoInstalled }),
    occurrence: { ...proof, introducedIn: first?.layer ?? proof.layer },
  };
}
