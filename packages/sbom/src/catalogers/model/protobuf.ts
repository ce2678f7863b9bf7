import { SbomError } from '../../sbom-error.ts';
import { type Pull, take } from './pull.ts';

/** A field of a protobuf message. Its content, of `length` bytes, is still to be read where the wire type is 2. */
export interface ProtobufField {
  readonly number: number;
  /** 0 varint, 1 eight bytes, 2 bytes of a length, 5 four bytes. */
  readonly wireType: number;
  /** The value of a varint, 0 for any other. */
  readonly value: number;
  /** Bytes of the content that follows; 0 for a varint. */
  readonly length: number;
  /** Bytes of tag, and of value or length. */
  readonly headLength: number;
}

const maxVarintLength = 10;

/**
 * The tag of the next field with its value or length.
 *
 * @returns undefined at the end of the file
 * @throws SbomError `MALFORMED` for what no message has
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export function* takeField(): Pull<ProtobufField | undefined> {
  const tag = yield* takeVarint(true);
  if (tag === undefined) return undefined;
  const [number, wireType] = [Math.floor(tag.value / 8), tag.value % 8];
  if (number === 0 || number >= 2 ** 29) throw new SbomError('MALFORMED', `a field of number ${number}`);
  if (wireType === 1) return { number, wireType, value: 0, length: 8, headLength: tag.length };
  if (wireType === 5) return { number, wireType, value: 0, length: 4, headLength: tag.length };
  if (wireType !== 0 && wireType !== 2) throw new SbomError('MALFORMED', `a field of wire type ${wireType}`);
  const varint = yield* takeVarint(false);
  if (varint === undefined) throw new SbomError('MALFORMED', 'it ends in the middle of a field');
  const isLength = wireType === 2;
  const { value } = varint;
  return {
    ...{ number, wireType, value: isLength ? 0 : value },
    ...{ length: isLength ? value : 0, headLength: tag.length + varint.length },
  };
}

/** The text of a field; undefined, and passed over, where it is longer than `max` bytes. */
export function* takeFieldText({ length }: ProtobufField, max: number): Pull<string | undefined> {
  if (length <= max) return (yield* take(length)).toString();
  yield -length;
  return undefined;
}

/** Passes over the content of a field. */
export function* skipField({ length }: ProtobufField): Pull {
  if (length > 0) yield -length;
}

function* takeVarint(mayEnd: boolean): Pull<{ value: number; length: number } | undefined> {
  let value = 0;
  for (let length = 1; length <= maxVarintLength; length += 1) {
    const [byte] = yield 1;
    if (byte === undefined) {
      if (mayEnd && length === 1) return undefined;
      throw new SbomError('MALFORMED', 'it ends in the middle of a number');
    }
    value += (byte & 0x7f) * 2 ** (7 * (length - 1));
    if (byte >= 0x80) continue;
    if (value > Number.MAX_SAFE_INTEGER) break;
    return { value, length };
  }
  throw new SbomError('MALFORMED', 'a number of more than 53 bits');
}
