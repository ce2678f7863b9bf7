import { isPlainToken } from '../text/plain-token.ts';
import { splitLines } from '../text/read-lines.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** Maven coordinates, as far as a file states them. */
export interface PomCoordinates {
  readonly group?: string;
  readonly artifact?: string;
  readonly version?: string;
}

/**
 * Reads a `pom.properties` that Maven puts into archives: `groupId`, `artifactId` and `version` in the format of
 * java.util.Properties. Values that are no names, or that were never filled in (`${project.version}`), are left out. Never throws.
 */
export function parsePomProperties(text: string): PomCoordinates {
  const values = new Map<string, string>();
  splitLines(text.slice(0, maxLength), (line) => {
    const stated = line.trim();
    const name = /^[a-zA-Z]{1,20}(?=[=:\s])/.exec(stated)?.[0];
    if (name === undefined) return true;
    // The separator is the first of these, with white space around it.
    const rest = stated.slice(name.length).trimStart();
    const value = rest.startsWith('=') || rest.startsWith(':') ? rest.slice(1).trimStart() : rest;
    values.set(name, value.replace(/\\([:= ])/g, '$1'));
    return true;
  });
  const token = (name: string): string | undefined => {
    const value = values.get(name);
    return value !== undefined && isPlainToken(value) && !value.includes('${') ? value.toWellFormed() : undefined;
  };
  return withoutUndefined({ group: token('groupId'), artifact: token('artifactId'), version: token('version') });
}

const maxLength = 16 * 1024;
