/**
 * The name in one word of apk's `D:` and `p:` fields: `so:libz.so.1>=1.2`, `busybox@edge`, `cmd:sh=1.36`.
 *
 * @returns undefined for a conflict (`!name`), which is no need
 */
export function apkRelationName(word: string): string | undefined {
  if (word === '' || word.startsWith('!')) return undefined;
  const end = word.search(/[<>=~@]/);
  return end < 0 ? word : word.slice(0, end) || undefined;
}
