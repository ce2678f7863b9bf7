/**
 * Compares two tags as versions, for `Array.prototype.sort`: runs of digits by value, however long, and everything else
 * by its characters. `1.0.9` comes before `1.0.24`, and `7.28.0` before `7.28.0-1`. Only equal tags compare as 0.
 */
export function compareVersionTags(a: string, b: string): number {
  const left = pieces(a);
  const right = pieces(b);
  for (const [index, piece] of left.entries()) {
    const order = comparePieces(piece, right[index] ?? '');
    if (order !== 0) {
      return order;
    }
  }
  return left.length - right.length || compareText(a, b);
}

/** Runs of digits and single other characters. */
function pieces(tag: string): readonly string[] {
  return tag.match(/\d+|\D/g) ?? [];
}

function comparePieces(a: string, b: string): number {
  if (!/^\d/.test(a) || !/^\d/.test(b)) {
    return compareText(a, b);
  }
  const [left, right] = [a.replace(/^0+(?=.)/, ''), b.replace(/^0+(?=.)/, '')];
  return left.length - right.length || compareText(left, right);
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
