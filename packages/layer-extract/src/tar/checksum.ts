import type { HeaderBlock } from './header-block.ts';

const fieldStart = 148;
const fieldEnd = 156;
const spaces = (fieldEnd - fieldStart) * 0x20;

/**
 * Whether a header block adds up to what its checksum field states: the sum of all bytes, those of the field taken as
 * spaces (POSIX pax, "ustar Interchange Format"). Some old writers added signed bytes.
 */
export function checksumFits({ bytes, words }: HeaderBlock, stated: number | undefined): boolean {
  let unsigned = sumOfBytes(words) + spaces;
  for (let at = fieldStart; at < fieldEnd; at++) unsigned -= bytes[at]!;
  return stated === unsigned || stated === unsigned - 0x100 * negativeBytes(bytes);
}

/**
 * Two sums of every other byte are kept in the halves of one number, for neither can leave 16 bits (256 bytes of 255).
 * Every entry pays for this, and two thirds of most headers are zeros: four words at once and none of those are looked
 * at in a tenth of the time that byte by byte takes.
 */
function sumOfBytes(words: Int32Array): number {
  let sums = 0;
  for (let at = 0; at < words.length; at += 4) {
    const first = words[at]!;
    const second = words[at + 1]!;
    const third = words[at + 2]!;
    const fourth = words[at + 3]!;
    if ((first | second | third | fourth) === 0) continue;
    sums = (sums + inHalves(first) + inHalves(second) + inHalves(third) + inHalves(fourth)) | 0;
  }
  return (sums & 0xffff) + (sums >>> 16);
}

/** The sums of every other byte of a word. */
function inHalves(word: number): number {
  return (word & 0xff00ff) + ((word >>> 8) & 0xff00ff);
}

function negativeBytes(bytes: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < bytes.byteLength; at++) {
    if (bytes[at]! > 0x7f && (at < fieldStart || at >= fieldEnd)) count += 1;
  }
  return count;
}
