import { SbomError } from '../../sbom-error.ts';
import type { ModelDetails } from './facts.ts';
import { skipField, takeField, takeFieldText } from './protobuf.ts';
import type { Pull } from './pull.ts';

const maxTextLength = 512;
const maxFields = 10_000;
const maxOpsets = 64;

const texts: Readonly<Record<number, string>> = { 2: 'producer', 3: 'producerVersion', 4: 'domain' };

/**
 * Reads what an ONNX model says of itself (`ModelProto`): version of the format, producer, operator sets. The graph, which
 * is nearly all of the file, is passed over.
 *
 * @throws SbomError `MALFORMED` where it is no such message
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export function* parseOnnx(details: ModelDetails): Pull {
  const opsets: string[] = [];
  for (let count = 0; count < maxFields; count += 1) {
    const field = yield* takeField();
    if (field === undefined) break;
    const { number, wireType } = field;
    if (wireType === 0 && number === 1) details.irVersion = field.value;
    else if (wireType === 0 && number === 5) details.modelVersion = field.value;
    else if (wireType === 2 && Object.hasOwn(texts, number)) {
      const text = yield* takeFieldText(field, maxTextLength);
      if (text !== undefined && text !== '') details[texts[number] as string] = text;
    } else if (wireType === 2 && number === 8 && opsets.length < maxOpsets) opsets.push(yield* takeOpset(field.length));
    else if (wireType === 2 && number === 7) {
      details.graphBytes = field.length;
      yield* skipField(field);
    } else yield* skipField(field);
  }
  if (opsets.length > 0) details.opsets = opsets;
  if (details.irVersion === undefined) throw new SbomError('MALFORMED', 'no version of the format');
}

/** `OperatorSetIdProto`: `ai.onnx@17`. */
function* takeOpset(length: number): Pull<string> {
  let [domain, version] = ['', 0];
  for (let rest = length; rest > 0; ) {
    const field = yield* takeField();
    if (field === undefined) break;
    rest -= field.headLength + field.length;
    if (field.number === 1 && field.wireType === 2) domain = (yield* takeFieldText(field, maxTextLength)) ?? '';
    else if (field.number === 2 && field.wireType === 0) version = field.value;
    else yield* skipField(field);
  }
  return `${domain === '' ? 'ai.onnx' : domain}@${version}`;
}
