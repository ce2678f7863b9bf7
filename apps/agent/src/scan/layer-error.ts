import type { ExtractError } from '@falcon-iar/layer-extract';
import type { ImageLayer } from '@falcon-iar/oci-registry';
import { exitCode } from '../cli/exit-code.ts';

/** A layer whose bytes are what the image promises, but cannot be read; the cause only knows where in the layer. */
export class LayerError extends Error {
  override readonly name = 'LayerError';
  readonly exitCode: number = exitCode.imageNotAvailable;
  readonly hint: string | undefined;

  constructor(layer: ImageLayer, cause: ExtractError) {
    const what = cause.message.replace(`[${cause.code}] `, '');
    super(`[${cause.code}] layer ${layer.index}, ${layer.digest}: ${what}`, { cause });
    this.hint = cause.hint;
  }
}
