import { SbomError } from '../../sbom-error.ts';
import type { ModelDetails } from './facts.ts';
import { type Pull, take, takeSize } from './pull.ts';

type Scalar = string | number | boolean;

const maxKeys = 100_000;
const maxKeyLength = 65_535;
/** Characters of a value that is kept; longer texts are templates and licences. */
const maxTextLength = 512;
const maxStringLength = 8 * 1024 * 1024;
const maxArrayLength = 10_000_000;
const maxDepth = 4;

/** Keys whose values say what the model is, and what each is called in the details. */
const keptKeys: Readonly<Record<string, string>> = {
  'general.architecture': 'architecture',
  'general.name': 'name',
  'general.basename': 'baseName',
  'general.author': 'author',
  'general.organization': 'organization',
  'general.version': 'version',
  'general.license': 'license',
  'general.size_label': 'sizeLabel',
  'general.finetune': 'fineTune',
  'general.url': 'url',
  'general.repo_url': 'repository',
  'general.source.url': 'sourceUrl',
  'general.source.repo_url': 'sourceRepository',
  'general.base_model.0.name': 'baseModel',
  'general.base_model.0.organization': 'baseModelOrganization',
  'general.base_model.0.repo_url': 'baseModelRepository',
  'general.quantization_version': 'quantizationVersion',
  'general.file_type': 'fileType',
  'tokenizer.ggml.model': 'tokenizer',
};

/** Bytes of each scalar type by its number (GGUF, `gguf_metadata_value_type`). */
const scalarLengths: Readonly<Record<number, number>> = {
  ...{ 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 },
};
const stringType = 8;
const arrayType = 9;

/**
 * Reads the header of a GGUF file, versions 2 and 3, little endian: counts, and the keys that say what it is. Arrays such
 * as the vocabulary are passed over without being held.
 *
 * @throws SbomError `MALFORMED` for another version or a broken header, `FILE_TOO_LARGE` for one beyond all measure
 * @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export function* parseGguf(details: ModelDetails): Pull {
  const magic = (yield* take(4)).toString('latin1');
  const version = (yield* take(4)).readUInt32LE();
  if (magic !== 'GGUF' || version < 2 || version > 3) {
    throw new SbomError('MALFORMED', `no GGUF file of version 2 or 3: version ${version}`);
  }
  details.version = version;
  details.tensors = yield* takeSize();
  const keys = yield* takeSize();
  if (keys > maxKeys) throw new SbomError('FILE_TOO_LARGE', `${keys} keys, the limit is ${maxKeys}`);
  for (let index = 0; index < keys; index += 1) {
    const key = yield* takeText(maxKeyLength);
    const value = yield* takeValue((yield* take(4)).readUInt32LE(), 0);
    keepValue(details, key, value);
  }
}

function keepValue(details: ModelDetails, key: string, value: Scalar | undefined): void {
  if (value === undefined || (typeof value === 'string' && value.length > maxTextLength)) return;
  if (Object.hasOwn(keptKeys, key)) details[keptKeys[key] as string] = value;
  else if (/^[a-z0-9_-]{1,64}\.context_length$/.test(key)) details.contextLength = value;
  else if (/^[a-z0-9_-]{1,64}\.block_count$/.test(key)) details.blocks = value;
}

function* takeText(max: number): Pull<string> {
  const length = yield* takeSize();
  if (length > max) throw new SbomError('FILE_TOO_LARGE', `a text of ${length} bytes, the limit is ${max}`);
  return (yield* take(length)).toString();
}

/** A value; undefined for an array, which is passed over. */
function* takeValue(type: number, depth: number): Pull<Scalar | undefined> {
  const length = scalarLengths[type];
  if (length !== undefined) return scalarOf(type, yield* take(length));
  if (type === stringType) return yield* takeText(maxStringLength);
  if (type !== arrayType || depth >= maxDepth) throw new SbomError('MALFORMED', `no value has the type ${type}`);
  const itemType = (yield* take(4)).readUInt32LE();
  const count = yield* takeSize();
  if (count > maxArrayLength) throw new SbomError('FILE_TOO_LARGE', `an array of ${count}`);
  const itemLength = scalarLengths[itemType];
  if (itemLength !== undefined) {
    if (count > 0) yield -count * itemLength;
    return undefined;
  }
  for (let index = 0; index < count; index += 1) {
    if (itemType === stringType) {
      const bytes = yield* takeSize();
      if (bytes > 0) yield -bytes;
    } else yield* takeValue(itemType, depth + 1);
  }
  return undefined;
}

function scalarOf(type: number, bytes: Buffer): number | boolean {
  switch (type) {
    case 0:
      return bytes.readUInt8();
    case 1:
      return bytes.readInt8();
    case 2:
      return bytes.readUInt16LE();
    case 3:
      return bytes.readInt16LE();
    case 4:
      return bytes.readUInt32LE();
    case 5:
      return bytes.readInt32LE();
    case 7:
      return bytes[0] !== 0;
    case 10:
      return Number(bytes.readBigUInt64LE());
    case 11:
      return Number(bytes.readBigInt64LE());
    default:
      return finite(type === 6 ? bytes.readFloatLE() : bytes.readDoubleLE());
  }
}

/** JSON has no infinity. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
