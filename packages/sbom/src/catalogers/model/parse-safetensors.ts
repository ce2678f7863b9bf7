import { SbomError } from '../../sbom-error.ts';
import type { ModelDetails } from './facts.ts';
import { type Pull, take, takeSize } from './pull.ts';

const maxHeaderLength = 8 * 1024 * 1024;
const maxMetadata = 32;
const maxTextLength = 512;

/** Whether first bytes are those of safetensors: the length of a JSON object, of no more than 100 MB, and its begin. */
export function isSafetensorsHead(head: Uint8Array): boolean {
  if (head.length < 10) return false;
  const length = Buffer.from(head.buffer, head.byteOffset, 8).readBigUInt64LE();
  return length >= 2n && length <= 100_000_000n && head[8] === 0x7b && (head[9] === 0x22 || head[9] === 0x7d);
}

/**
 * Reads the header of a safetensors file: how many tensors and parameters, of which types, and the metadata.
 *
 * @throws SbomError `MALFORMED` where the header is no JSON object, `FILE_TOO_LARGE` for one of more than 8 MiB
 * @see https://github.com/huggingface/safetensors#format
 */
export function* parseSafetensors(details: ModelDetails): Pull {
  const length = yield* takeSize();
  if (length > maxHeaderLength) {
    throw new SbomError('FILE_TOO_LARGE', `a header of ${length} bytes, the limit is ${maxHeaderLength}`);
  }
  const header = objectOf((yield* take(length)).toString());
  const types = new Set<string>();
  let [tensors, parameters] = [0, 0];
  for (const [name, value] of Object.entries(header)) {
    if (typeof value !== 'object' || value === null) continue;
    if (name === '__metadata__') details.metadata = textsOf(value);
    else {
      tensors += 1;
      const { dtype, shape } = value as { dtype?: unknown; shape?: unknown };
      if (typeof dtype === 'string' && dtype.length <= 16 && types.size < 32) types.add(dtype);
      if (Array.isArray(shape)) parameters += shape.reduce((product, size) => product * (Number(size) || 0), 1);
    }
  }
  Object.assign(details, { tensors, types: [...types].sort() });
  if (Number.isSafeInteger(parameters)) details.parameters = parameters;
}

function objectOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below: the text of the parser's error would quote the file.
  }
  throw new SbomError('MALFORMED', 'its header is no JSON object');
}

function textsOf(value: object): { [key: string]: string } {
  const entries = Object.entries(value).filter(
    ([key, text]) => key.length <= 128 && typeof text === 'string' && text.length <= maxTextLength,
  );
  return Object.fromEntries(entries.slice(0, maxMetadata));
}
