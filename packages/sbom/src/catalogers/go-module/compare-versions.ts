/**
 * Orders versions of Go modules, `v1.2.3-pre+meta`, as Semantic Versioning 2.0.0 does (section 11); build metadata does
 * not count.
 */
export function compareGoVersions(one: string, other: string): number {
  const [a, b] = [split(one), split(other)];
  return compareParts(a.release, b.release) || comparePrereleases(a.prerelease, b.prerelease);
}

function split(version: string): { release: string[]; prerelease: string[] } {
  const [plain = ''] = version.replace(/^v/, '').split('+', 1);
  const dash = plain.indexOf('-');
  if (dash < 0) return { release: plain.split('.'), prerelease: [] };
  return { release: plain.slice(0, dash).split('.'), prerelease: plain.slice(dash + 1).split('.') };
}

/** A version without a prerelease comes after those with one. */
function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  return compareParts(a, b);
}

function compareParts(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const [one, other] = [a[index], b[index]];
    if (one === undefined || other === undefined) return one === undefined ? -1 : 1;
    if (one === other) continue;
    const [isNumber, isOtherNumber] = [/^\d+$/.test(one), /^\d+$/.test(other)];
    // Numbers come before words, and are compared by length first, for they may be longer than any number type.
    if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
    if (isNumber && one.length !== other.length) return one.length - other.length;
    return one < other ? -1 : 1;
  }
  return 0;
}
