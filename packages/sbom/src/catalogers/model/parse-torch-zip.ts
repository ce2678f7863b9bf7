import { inflateRawSync } from 'node:zlib';
import { SbomError } from '../../sbom-error.ts';
import type { ModelDetails } from './facts.ts';
import { PickleGlobals, parsePickle } from './parse-pickle.ts';
import { maxPull, type Pull, pullFrom, take } from './pull.ts';

const signature: Buffer = Buffer.from('PK\u0003\u0004', 'latin1');
const maxEntries = 1_000_000;
const maxPickles = 64;
const maxNameLength = 1024;

/**
 * Reads the pickles of a PyTorch archive as it passes. The directory of a zip archive is at its end, so every local header
 * is looked for in the bytes instead (APPNOTE 4.3.7): an entry that the directory hides is found as well.
 *
 * @throws SbomError `MALFORMED` where a local header breaks off
 * @see https://pytorch.org/docs/stable/notes/serialization.html
 */
export function* parseTorchZip(details: ModelDetails): Pull {
  const globals = new PickleGlobals();
  let broken = 0;
  let pickles = 0;
  for (let entries = 0; entries < maxEntries && pickles < maxPickles; entries += 1) {
    const found = yield signature;
    if (found.length === 0) break;
    const header = yield* take(26);
    const [method, compressedSize] = [header.readUInt16LE(4), header.readUInt32LE(14)];
    const [nameLength, extraLength] = [header.readUInt16LE(22), header.readUInt16LE(24)];
    if (nameLength > maxNameLength) continue;
    const name = (yield* take(nameLength)).toString();
    if (!name.endsWith('.pkl')) continue;
    if (extraLength > 0) yield -extraLength;
    pickles += 1;
    if (!(yield* readEntry(method, compressedSize, globals))) broken += 1;
  }
  globals.describe(details);
  details.pickles = pickles;
  details.complete = broken === 0 && pickles > 0 && pickles < maxPickles;
}

/** @returns whether the pickle was read to its end */
function* readEntry(method: number, compressedSize: number, globals: PickleGlobals): Pull<boolean> {
  try {
    if (method === 0) yield* parsePickle(globals);
    else if (method === 8 && compressedSize > 0 && compressedSize <= maxPull) {
      pullFrom(inflated(yield* take(compressedSize)), parsePickle(globals));
    } else return false;
    return true;
  } catch (error) {
    if (!(error instanceof SbomError)) throw error;
    return false;
  }
}

function inflated(bytes: Buffer): Buffer {
  try {
    return inflateRawSync(bytes, { maxOutputLength: maxPull });
  } catch (cause) {
    throw new SbomError('MALFORMED', 'its compressed data is broken or too long', { cause });
  }
}
