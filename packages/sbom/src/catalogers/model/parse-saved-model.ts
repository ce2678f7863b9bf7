import { SbomError } from '../../sbom-error.ts';
import type { ModelDetails } from './facts.ts';
import { type ProtobufField, skipField, takeField, takeFieldText } from './protobuf.ts';
import type { Pull } from './pull.ts';

const maxTextLength = 256;
const maxTags = 32;

/**
 * Reads the head of a TensorFlow SavedModel: its schema, and version and tags of its first graph. The rest is passed
 * over.
 *
 * @throws SbomError `MALFORMED` where it is no such message
 * @see https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/saved_model.proto
 */
export function* parseSavedModel(details: ModelDetails): Pull {
  const schema = yield* takeField();
  if (schema?.number !== 1 || schema.wireType !== 0) throw new SbomError('MALFORMED', 'no version of the schema');
  details.schemaVersion = schema.value;
  const graph = yield* takeField();
  if (graph?.number !== 2 || graph.wireType !== 2) return;
  const info = yield* takeField();
  if (info?.number !== 1 || info.wireType !== 2) return;
  yield* takeInfo(info, details);
}

/** `MetaInfoDef`. */
function* takeInfo({ length }: ProtobufField, details: ModelDetails): Pull {
  const tags: string[] = [];
  for (let rest = length; rest > 0; ) {
    const field = yield* takeField();
    if (field === undefined) break;
    rest -= field.headLength + field.length;
    if (field.wireType !== 2 || (field.number !== 4 && field.number !== 5)) {
      yield* skipField(field);
      continue;
    }
    const text = yield* takeFieldText(field, maxTextLength);
    if (text === undefined) continue;
    if (field.number === 5) details.tensorflowVersion = text;
    else if (tags.length < maxTags) tags.push(text);
  }
  if (tags.length > 0) details.tags = tags;
}
