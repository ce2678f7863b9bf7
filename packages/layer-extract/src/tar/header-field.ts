/** Where a field lies in a block: first byte, and the one behind its last. */
export type FieldRange = readonly [start: number, end: number];

const space = 0x20;

/** A text that ends at the first NUL or with its field, as latin-1 so that every byte is kept. */
export function fieldText(block: Buffer, [start, end]: FieldRange): string {
  let length = 0;
  while (start + length < end && block[start + length] !== 0) length += 1;
  // Most link targets and prefixes are empty, and a call that leaves JavaScript costs as much as a field has to.
  return length === 0 ? '' : block.toString('latin1', start, start + length);
}

/** A number in octal digits, or in base 256 where the first bit is set (GNU); undefined where it is neither. */
export function fieldNumber(block: Buffer, [start, end]: FieldRange): number | undefined {
  if (((block[start] as number) & 0x80) !== 0) return base256(block, start, end);
  let at = start;
  while (at < end && isPadding(block[at] as number)) at += 1;
  let value = 0;
  for (; at < end; at += 1) {
    const digit = (block[at] as number) ^ 0x30;
    if (digit > 7) break;
    value = value * 8 + digit;
  }
  return at === end || isPadding(block[at] as number) ? value : undefined;
}

function isPadding(byte: number): boolean {
  return byte === space || byte === 0;
}

/** A number as pax records and sparse maps have it: decimal digits alone; undefined for anything else. */
export function decimalNumber(text: string): number | undefined {
  if (!/^\d{1,20}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

function base256(block: Buffer, start: number, end: number): number | undefined {
  const negative = ((block[start] as number) & 0x40) !== 0;
  // The bits of a negative number are inverted, which leaves one to add at the end.
  let value = (block[start] as number) & 0x3f;
  if (negative) value = 0x3f - value;
  for (let at = start + 1; at < end; at += 1) {
    const byte = block[at] as number;
    value = value * 256 + (negative ? 0xff - byte : byte);
  }
  if (!Number.isSafeInteger(value)) return undefined;
  return negative ? -value - 1 : value;
}
