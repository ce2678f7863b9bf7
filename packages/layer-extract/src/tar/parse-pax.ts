/** The records of a pax extended header, values as latin-1 so that every byte is kept. */
export type PaxRecords = ReadonlyMap<string, string>;

/**
 * Reads the records of a pax extended header (POSIX pax, "pax Extended Header"): `LENGTH KEY=VALUE\n` each, the length
 * being that of the whole record in bytes. The last record of a key counts.
 *
 * GNU tar's sparse format 0.0 breaks that rule, it has a pair of records for each run of a file. They are given as the
 * one record that its format 0.1 has instead.
 *
 * @returns undefined where a record breaks that form
 */
export function parsePax(bytes: Buffer): PaxRecords | undefined {
  const records = new Map<string, string>();
  const runs: string[] = [];
  const text = bytes.toString('latin1');
  for (let at = 0; at < text.length; ) {
    const blank = text.indexOf(' ', at);
    // Ten digits are more than any header can be long; without a bound a hostile one costs time for each record.
    if (blank < 0 || blank - at > 10) {
      if (!isPadding(text, at)) return undefined;
      break;
    }
    const digits = text.slice(at, blank);
    const end = at + Number(digits);
    const equals = text.indexOf('=', blank);
    const malformed =
      !/^\d+$/.test(digits) || end > text.length || equals < 0 || equals >= end || text[end - 1] !== '\n';
    if (malformed) return undefined;
    const key = text.slice(blank + 1, equals);
    const value = text.slice(equals + 1, end - 1);
    if (!runKeys.includes(key)) records.set(key, value);
    // Offset and length in turn; a comma would make two numbers of one.
    else if (runKeys[runs.length % 2] !== key || value.includes(',')) return undefined;
    else runs.push(value);
    at = end;
  }
  if (runs.length > 0) records.set('GNU.sparse.map', runs.join(','));
  return records;
}

const runKeys: readonly string[] = ['GNU.sparse.offset', 'GNU.sparse.numbytes'];

/** Some writers count the zeros of the last block in. */
function isPadding(text: string, at: number): boolean {
  return /^\0*$/.test(text.slice(at));
}
