import { isUtf8 } from 'node:buffer';

/** Where bytes that are no UTF-8 stand: byte 0xE9 becomes U+10FEE9. */
const byteBase = 0x10fe00;
const notAscii = /[\u0080-\u00ff]/;
/** U+10FE00 to U+10FEFF as UTF-8. */
const escapeRange = /\u00f4\u008f[\u00b8-\u00bb]/;
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The text of a name's bytes, given as a latin-1 string. UTF-8 where it is; a byte that is not stands as the private
 * character U+10FE00 + byte, so that different names stay different and can be written as UTF-8 again. (A name that
 * really has a character of that range gets its bytes escaped the same way, which keeps this one-to-one.)
 */
export function decodeName(latin1: string): string {
  if (!notAscii.test(latin1)) return latin1;
  const bytes = Buffer.from(latin1, 'latin1');
  if (isUtf8(bytes) && !escapeRange.test(latin1)) return utf8.decode(bytes);
  let text = '';
  for (let at = 0; at < bytes.byteLength; ) {
    const length = sequenceLength(bytes, at);
    text += length === 0 ? String.fromCodePoint(byteBase + bytes[at]!) : utf8.decode(bytes.subarray(at, at + length));
    at += length || 1;
  }
  return text;
}

/** Length of the UTF-8 character at `at`; 0 for a byte that belongs to none, or to one of the escapes' own range. */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at]!;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const sequence = bytes.subarray(at, at + length);
  if (sequence.byteLength < length || !isUtf8(sequence)) return 0;
  return length === 4 && (utf8.decode(sequence).codePointAt(0)! & ~0xff) === byteBase ? 0 : length;
}
