/** Words that name something before a release, from the earliest to the latest. */
const earlyWords = ['dev', 'snapshot', 'nightly', 'alpha', 'beta', 'preview', 'pre', 'cr', 'rc'];

/** A piece of a tag: its kind, which decides first, and then its number or text. */
interface Piece {
  /** 0 before a release, 1 the end of the tag, 2 a separator, 3 text, 4 a number. */
  readonly kind: number;
  readonly number: string;
  readonly text: string;
}

const end: Piece = { kind: 1, number: '', text: '' };
const pattern = new RegExp(`(?<early>[-._+]?(?:${earlyWords.join('|')})(?![a-z]))|[0-9]+|[-._+]|[^0-9._+-]+`, 'gy');

function pieceOf(text: string): Piece {
  if (/^[0-9]/.test(text)) return { kind: 4, number: text.replace(/^0+(?=.)/, ''), text: '' };
  return /^[-._+]$/.test(text)
    ? // `1.2-alpine` belongs to 1.2 and comes before 1.2.1.
      { kind: 2, number: text === '.' ? '1' : '0', text }
    : { kind: 3, number: '', text };
}

/** A tag in pieces, in the order in which they are compared. */
function piecesOf(tag: string): readonly Piece[] {
  const pieces: Piece[] = [];
  const text = tag.toLowerCase().replace(/^v(?=[0-9])/, '');
  for (const match of text.matchAll(pattern)) {
    const early = match.groups?.early;
    // Only after a number is it a version: `beta` alone, or `dev-tools`, is a name like any other.
    const isEarly = early !== undefined && pieces.at(-1)?.kind === 4;
    const rank = isEarly ? earlyWords.indexOf(early.replace(/^[-._+]/, '')) : -1;
    if (isEarly) pieces.push({ kind: 0, number: String(rank), text: '' });
    else for (const part of match[0].match(/^[-._+](?=.)|.+/g) ?? []) pieces.push(pieceOf(part));
  }
  return pieces;
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function comparePieces(a: Piece, b: Piece): number {
  // Numbers of any length, without leading zeros: the longer one is larger.
  return (
    a.kind - b.kind ||
    a.number.length - b.number.length ||
    compareText(a.number, b.number) ||
    compareText(a.text, b.text)
  );
}

function compareKeys(a: readonly Piece[], b: readonly Piece[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const order = comparePieces(a[index] ?? end, b[index] ?? end);
    if (order !== 0) return order;
  }
  return 0;
}

/**
 * Compares two tags as versions, for `Array.prototype.sort`: numbers by value (`1.2` before `1.10`), a leading `v` does
 * not count, what comes before a release comes before it (`2.0-rc1` before `2.0`), and every other ending after it
 * (`2.0`, `2.0-alpine`, `2.0.1`). Names without a number come first. Only equal tags compare as 0.
 */
export function compareTags(a: string, b: string): number {
  return compareKeys(piecesOf(a), piecesOf(b)) || compareText(a, b);
}

/** The tags in the order of {@link compareTags}: names first, then versions from old to new. Changes nothing. */
export function sortTags(tags: Iterable<string>): string[] {
  const keyed = Array.from(tags, (tag) => ({ tag, key: piecesOf(tag) }));
  return keyed.sort((a, b) => compareKeys(a.key, b.key) || compareText(a.tag, b.tag)).map(({ tag }) => tag);
}
