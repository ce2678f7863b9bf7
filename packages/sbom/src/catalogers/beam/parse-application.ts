import { textOf, token } from '../text/json-fields.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { itemsOfTerm, parseTerms, textOfTerm, valueOfKey } from './parse-terms.ts';

/** An application of Erlang's runtime, by its resource file (app(4)). */
export interface BeamApplication {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  /** Names of the applications that have to run with it. */
  readonly needs?: readonly string[];
}

const maxNeeds = 1_000;

/**
 * Reads the resource file of an application, `name.app`.
 *
 * @returns undefined where it states no name or no version. Never throws.
 */
export function parseApplication(text: string): BeamApplication | undefined {
  const [kind, stated, fields] = itemsOfTerm(parseTerms(text, 'erlang')?.[0]);
  const [name, version] = [token(textOfTerm(stated)), token(textOfTerm(valueOfKey(fields, 'vsn')))];
  if (textOfTerm(kind) !== 'application' || name === undefined || version === undefined) return undefined;
  const listed = ['applications', 'included_applications'].flatMap((key) => itemsOfTerm(valueOfKey(fields, key)));
  const needs = new Set(listed.slice(0, maxNeeds).flatMap((need) => token(textOfTerm(need)) ?? []));
  const stating = {
    description: textOf(textOfTerm(valueOfKey(fields, 'description'))),
    needs: needs.size === 0 ? undefined : [...needs],
  };
  return { name, version, ...withoutUndefined(stating) };
}
