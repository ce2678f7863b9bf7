import { token } from '../text/json-fields.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { type LockedBeamPackage, sha256Of } from './locked-package.ts';
import { itemsOfTerm, parseTerms, type Term, textOfTerm, valueOfKey } from './parse-terms.ts';

/**
 * Reads a `mix.lock` of Elixir: a map from applications to `{:hex, name, version, …}` or `{:git, address, commit, …}`.
 *
 * @returns undefined where the text is none. Never throws.
 */
export function parseMixLock(text: string): LockedBeamPackage[] | undefined {
  const [map, ...more] = parseTerms(text, 'elixir') ?? [];
  if (map?.kind !== 'map' || more.length > 0) return undefined;
  return map.items.flatMap((pair) => {
    const [key, value] = itemsOfTerm(pair);
    const [kind, ...fields] = itemsOfTerm(value);
    const application = token(textOfTerm(key));
    if (application === undefined) return [];
    return textOfTerm(kind) === 'hex' ? hexPackage(fields) : sourcePackage(application, textOfTerm(kind), fields);
  });
}

/** Inner hash, build tools, needs, repository and outer hash came one after the other with newer versions of Hex. */
function hexPackage([stated, at, inner, , needs, repository, outer]: readonly Term[]): LockedBeamPackage[] {
  const [name, version] = [token(textOfTerm(stated)), token(textOfTerm(at))];
  if (name === undefined || version === undefined) return [];
  const requires = itemsOfTerm(needs).flatMap((need) => {
    const [application, , options] = itemsOfTerm(need);
    return token(textOfTerm(valueOfKey(options, 'hex')) ?? textOfTerm(application)) ?? [];
  });
  const origin = token(textOfTerm(repository));
  const sha256 = sha256Of(textOfTerm(outer)) ?? sha256Of(textOfTerm(inner));
  return [
    {
      ...{ name, version, source: 'hex', requires },
      ...(origin !== undefined && origin !== 'hexpm' && { origin }),
      ...(sha256 !== undefined && { sha256 }),
    },
  ];
}

function sourcePackage(name: string, kind: string | undefined, fields: readonly Term[]): LockedBeamPackage[] {
  const [source, address, version] = [token(kind), token(textOfTerm(fields[0])), token(textOfTerm(fields[1]))];
  if (source === undefined || address === undefined || version === undefined) return [];
  return [{ name, version, source, origin: withoutCredentials(address), requires: [] }];
}
