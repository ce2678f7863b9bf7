import { SbomError } from '../../sbom-error.ts';
import type { ModelDetails } from './facts.ts';
import { PickleGlobals, parsePickle } from './parse-pickle.ts';
import type { Pull } from './pull.ts';

/** PyTorch before 1.6 wrote five pickles in a row, then the tensors. */
const maxPickles = 5;

/**
 * Reads the pickles at the begin of a file. Where array data follows or lies between (joblib, old PyTorch), the reading
 * ends there, and `complete` is false.
 *
 * @throws SbomError `MALFORMED` where the file does not begin with a pickle
 */
export function* parsePickleFile(details: ModelDetails): Pull {
  const globals = new PickleGlobals();
  let complete = true;
  try {
    for (let count = 0; count < maxPickles; count += 1) yield* parsePickle(globals);
  } catch (error) {
    if (!(error instanceof SbomError)) throw error;
    // The end of the file behind a pickle is where a file ends; a broken pickle without a global may be anything.
    complete = globals.pickles > 0 && error.code === 'MALFORMED';
    if (globals.pickles === 0 && globals.isEmpty) throw error;
  }
  globals.describe(details);
  details.pickles = globals.pickles;
  details.complete = complete;
}
