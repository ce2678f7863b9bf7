import { apkRelationName } from './parse-relation.ts';

/** Names that one file may have. */
export const maxWorldNames = 100_000;

/** Reads `etc/apk/world`: the packages that somebody asked for, by name, each once. Never throws. */
export function parseApkWorld(text: string): string[] {
  const names = new Set<string>();
  for (const [word] of text.matchAll(/\S+/g)) {
    const name = apkRelationName(word);
    if (name !== undefined) names.add(name);
    if (names.size >= maxWorldNames) break;
  }
  return Array.from(names);
}
