import { SbomError } from '../../sbom-error.ts';
import type { ModelDetails } from './facts.ts';
import { type Pull, take } from './pull.ts';

const magic: Buffer = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');
const kerasMark: Buffer = Buffer.from('keras_version');

/**
 * Tells Keras models from other HDF5 data: by the attribute that each of them has.
 *
 * @throws SbomError `MALFORMED` where it is none
 */
export function* parseKerasHdf5(details: ModelDetails): Pull {
  if (!(yield* take(magic.length)).equals(magic)) throw new SbomError('MALFORMED', 'no HDF5 file');
  if ((yield kerasMark).length === 0) throw new SbomError('MALFORMED', 'no Keras model');
  details.container = 'hdf5';
}

/**
 * Recognises a TensorFlow Lite model by the identifier of its flatbuffer.
 *
 * @throws SbomError `MALFORMED` where it has another
 */
export function* parseTflite(details: ModelDetails): Pull {
  const head = yield* take(8);
  if (head.toString('latin1', 4) !== 'TFL3') throw new SbomError('MALFORMED', 'no TensorFlow Lite model');
  details.container = 'tflite';
}
