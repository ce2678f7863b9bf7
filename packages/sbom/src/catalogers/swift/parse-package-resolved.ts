import { field, itemsOf, parseJson, token } from '../text/json-fields.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** A package that Swift's package manager resolved. */
export interface ResolvedSwift {
  /** Its name for people (format 1) or its identity (from 2 on). */
  readonly name: string;
  /** Address of its repository, without credentials; a path for one on the same machine. */
  readonly location?: string;
  /** `remoteSourceControl`, `localSourceControl`, `registry`; absent in format 1. */
  readonly kind?: string;
  readonly version?: string;
  readonly branch?: string;
  /** The commit. */
  readonly revision?: string;
}

/**
 * Reads a `Package.resolved` of format 1, 2 or 3.
 *
 * @returns undefined where the text is none. Never throws.
 */
export function parsePackageResolved(text: string): ResolvedSwift[] | undefined {
  const document = parseJson(text);
  const pins = field(document, 'pins') ?? field(field(document, 'object'), 'pins');
  if (!Array.isArray(pins)) return undefined;
  return itemsOf(pins).flatMap((pin) => {
    const name = token(field(pin, 'identity')) ?? token(field(pin, 'package'));
    if (name === undefined) return [];
    const location = token(field(pin, 'location')) ?? token(field(pin, 'repositoryURL'));
    const state = field(pin, 'state');
    const stated = {
      location: location === undefined ? undefined : withoutCredentials(location),
      kind: token(field(pin, 'kind')),
      version: token(field(state, 'version')),
      branch: token(field(state, 'branch')),
      revision: token(field(state, 'revision')),
    };
    return [{ name, ...withoutUndefined(stated) }];
  });
}
