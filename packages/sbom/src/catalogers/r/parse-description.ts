import { token } from '../text/json-fields.ts';
import { splitLines } from '../text/read-lines.ts';
import { createStanzaParser, type FieldForm, fieldValue, type Stanza } from '../text/stanza-parser.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** An installed R package, by its `DESCRIPTION` (Writing R Extensions, "The DESCRIPTION file"). */
export interface InstalledRPackage {
  readonly name: string;
  readonly version: string;
  /** As stated: `GPL (>= 2) | file LICENSE`. */
  readonly license?: string;
  readonly maintainer?: string;
  readonly title?: string;
  readonly homepage?: string;
  /** `CRAN`, or the name of another collection. */
  readonly repository?: string;
  /** `base` or `recommended` for packages that come with R. */
  readonly priority?: string;
  /** The version of R that it was installed with: `R 4.2.2`. */
  readonly builtWith?: string;
  /** Names of packages that it needs. */
  readonly needs?: readonly string[];
}

const fields: ReadonlyMap<string, FieldForm> = new Map<string, FieldForm>([
  ...['package', 'version', 'built', 'repository', 'priority'].map((name) => [name, 'line'] as const),
  ...['license', 'maintainer', 'author', 'title', 'url'].map((name) => [name, 'folded'] as const),
  ...['depends', 'imports', 'linkingto'].map((name) => [name, 'folded'] as const),
]);
const maxText = 4_096;
const maxNeeds = 1_000;

/**
 * Reads the `DESCRIPTION` of an installed package. Installing adds the field `Built`: without it the file belongs to
 * sources of a package, or to something else altogether.
 *
 * @returns undefined where it is none of an installed package. Never throws.
 */
export function parseRDescription(text: string): InstalledRPackage | undefined {
  const stanzas = createStanzaParser(fields);
  let stanza: Stanza | undefined;
  splitLines(text, (line) => {
    stanza ??= stanzas.line(line);
    return stanza === undefined;
  });
  stanza ??= stanzas.end();
  if (stanza === undefined) return undefined;
  const value = (name: string): string | undefined =>
    stanza && fieldValue(stanza, name)?.slice(0, maxText).toWellFormed();
  const [name, version, built] = [token(value('package')), token(value('version')), value('built')];
  if (name === undefined || version === undefined || built === undefined) return undefined;
  const needs = neededNames([value('depends'), value('imports'), value('linkingto')]);
  const stated = {
    license: value('license'),
    maintainer: value('maintainer') ?? value('author'),
    title: value('title'),
    homepage: firstAddress(value('url')),
    repository: value('repository'),
    priority: value('priority'),
    builtWith: /^R [\d.]{1,40}/.exec(built)?.[0],
    needs: needs.length === 0 ? undefined : needs,
  };
  return { name, version, ...withoutUndefined(stated) };
}

/** `R (>= 3.5), utils, rlang (>= 1.0)`; R itself is no package. */
function neededNames(lists: readonly (string | undefined)[]): string[] {
  const names = lists
    .flatMap((list) => list?.split(',') ?? [])
    .flatMap((entry) => {
      const name = /^\s*([A-Za-z][A-Za-z0-9.]*)/.exec(entry)?.[1];
      return name === undefined || name === 'R' ? [] : name;
    });
  return [...new Set(names)].sort().slice(0, maxNeeds);
}

function firstAddress(text: string | undefined): string | undefined {
  const address = text?.split(/[\s,]+/, 1)[0];
  return address === undefined || address === '' ? undefined : withoutCredentials(address);
}
