import { token } from '../text/json-fields.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { type LockedBeamPackage, sha256Of } from './locked-package.ts';
import { itemsOfTerm, parseTerms, type Term, textOfTerm, valueOfKey } from './parse-terms.ts';

/**
 * Reads a `rebar.lock` of Rebar 3: a list of locked applications, from format 1.1 on in a tuple with the format, and
 * after it the hashes.
 *
 * @returns undefined where the text is none. Never throws.
 */
export function parseRebarLock(text: string): LockedBeamPackage[] | undefined {
  const [locks, hashes] = parseTerms(text, 'erlang') ?? [];
  const list = locks?.kind === 'tuple' ? locks.items[1] : locks;
  if (list?.kind !== 'list') return undefined;
  const sums = [valueOfKey(hashes, 'pkg_hash_ext'), valueOfKey(hashes, 'pkg_hash')].map(textsByKey);
  return list.items.flatMap((lock) => {
    const [stated, place] = itemsOfTerm(lock);
    const application = token(textOfTerm(stated));
    const [kind, ...fields] = itemsOfTerm(place);
    if (application === undefined) return [];
    if (textOfTerm(kind) !== 'pkg') return sourcePackage(application, textOfTerm(kind), fields);
    const [name, version] = [token(textOfTerm(fields[0])), token(textOfTerm(fields[1]))];
    if (name === undefined || version === undefined) return [];
    const stating = sums.map((texts) => sha256Of(texts.get(application))).find((sum) => sum !== undefined);
    // Formats before 1.2 have the hash in the lock itself.
    const sha256 = stating ?? sha256Of(textOfTerm(fields[2]));
    return [{ ...{ name, version, source: 'hex', requires: [] }, ...(sha256 !== undefined && { sha256 }) }];
  });
}

function textsByKey(pairs: Term | undefined): ReadonlyMap<string | undefined, string | undefined> {
  return new Map(
    itemsOfTerm(pairs).map((pair) => [textOfTerm(itemsOfTerm(pair)[0]), textOfTerm(itemsOfTerm(pair)[1])]),
  );
}

/** `{git, "address", {ref, "commit"}}`; a directory in a repository is `git_subdir`. */
function sourcePackage(name: string, kind: string | undefined, fields: readonly Term[]): LockedBeamPackage[] {
  const [source, address] = [token(kind), token(textOfTerm(fields[0]))];
  const version = token(textOfTerm(itemsOfTerm(fields[1])[1]));
  if (source === undefined || address === undefined || version === undefined) return [];
  return [{ name, version, source, origin: withoutCredentials(address), requires: [] }];
}
