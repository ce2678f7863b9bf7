/** The part of a representation that a 206 carries (RFC 9110 §14.4). Both ends count. */
export interface ContentRange {
  readonly first: number;
  readonly last: number;
  /** Length of the whole, where it is told. */
  readonly total: number | undefined;
}

/** Reads `Content-Range: bytes 5-9/10`; `undefined` for anything else, several ranges among it. */
export function parseContentRange(value: string | undefined): ContentRange | undefined {
  const [, first, last, total] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(value?.trim() ?? '') ?? [];
  if (first === undefined || last === undefined || Number(last) < Number(first)) return undefined;
  return { first: Number(first), last: Number(last), total: total === '*' ? undefined : Number(total) };
}
