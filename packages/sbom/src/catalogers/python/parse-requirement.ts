import { normalizedPythonName } from './normalized-name.ts';

/** A dependency specifier (PyPA "Dependency specifiers"), as far as an inventory wants it. */
export interface PythonRequirement {
  /** As written. */
  readonly name: string;
  /** Normalised (PEP 503). */
  readonly normalized: string;
  /** The one version that will do, where it is pinned with `==` or `===`. */
  readonly pin?: string;
  /** The environment marker, without the semicolon. */
  readonly marker?: string;
}

const maxLength = 10_000;

/** Reads a specifier such as `name[extra] (>=1.0) ; python_version < "3"`. @returns undefined for anything else */
export function parseRequirement(text: string): PythonRequirement | undefined {
  if (text.length > maxLength) return undefined;
  const name = /^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?=$|[\s[(<>=!~;@,])/.exec(text);
  if (name?.[1] === undefined) return undefined;
  const rest = text.slice(name[0].length).replace(/^\s*\[[^\]]*\]/, '');
  // An address may hold a semicolon; behind it, a blank stands before that of the marker.
  const semicolon = rest.trimStart().startsWith('@') ? rest.indexOf(' ;') : rest.indexOf(';');
  const versions = (semicolon < 0 ? rest : rest.slice(0, semicolon)).trim().replace(/^\((.*)\)$/, '$1');
  const marker = semicolon < 0 ? '' : rest.slice(rest.indexOf(';', semicolon) + 1).trim();
  const pin = /^===?\s*([A-Za-z0-9][A-Za-z0-9.!+_-]*)$/.exec(versions.trim())?.[1];
  return {
    ...{ name: name[1], normalized: normalizedPythonName(name[1]) },
    ...(pin !== undefined && { pin }),
    ...(marker !== '' && { marker }),
  };
}
