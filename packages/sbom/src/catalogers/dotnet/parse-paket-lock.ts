import { token } from '../text/json-fields.ts';
import { splitLines } from '../text/read-lines.ts';
import { type DeclaredNuget, nugetKey } from './declared-packages.ts';

interface LockedPackage {
  readonly group: string;
  readonly name: string;
  readonly version: string;
  readonly needs: string[];
}

/**
 * Reads a `paket.lock`: sections of sources, each with packages and below each what it needs. Only what came from NuGet
 * is a package; the other sections name single files of repositories.
 *
 * @returns undefined where the text has no such section. Never throws.
 */
export function parsePaketLock(text: string): DeclaredNuget[] | undefined {
  const packages: LockedPackage[] = [];
  let [group, section, isLock] = ['', '', false];
  splitLines(text, (line) => {
    const [, indent = '', content = ''] = /^( *)(.*)$/.exec(line) ?? [];
    if (indent.length === 0 && content !== '') {
      if (content.startsWith('GROUP ')) group = content.slice('GROUP '.length).trim();
      section = content.trim();
      isLock ||= /^(?:NUGET|GITHUB|GIST|HTTP|GIT|GROUP .*)$/.test(section);
    }
    if (section !== 'NUGET') return undefined;
    const [, name, version] = /^([^\s()]+)(?: \(([^)]*)\))?/.exec(content) ?? [];
    if (token(name) === undefined || name === undefined) return undefined;
    if (indent.length === 4 && token(version) !== undefined && version !== undefined) {
      packages.push({ group, name, version, needs: [] });
    } else if (indent.length === 6) packages.at(-1)?.needs.push(name);
    return undefined;
  });
  return isLock ? resolved(packages) : undefined;
}

function resolved(packages: readonly LockedPackage[]): DeclaredNuget[] {
  const keys = new Map(packages.map(({ group, name, version }) => [inGroup(group, name), nugetKey(name, version)]));
  const byKey = new Map<string, DeclaredNuget>();
  for (const { group, name, version, needs } of packages) {
    const dependsOn = needs.flatMap((needed) => keys.get(inGroup(group, needed)) ?? []);
    const key = nugetKey(name, version);
    if (!byKey.has(key)) byKey.set(key, { name, version, dependsOn });
  }
  return [...byKey.values()];
}

function inGroup(group: string, name: string): string {
  return `${group}\0${name.toLowerCase()}`;
}
