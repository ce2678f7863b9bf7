import { field, isFields, itemsOf, token } from '../text/json-fields.ts';
import { parsePlainYaml } from '../text/parse-plain-yaml.ts';
import { splitLines } from '../text/read-lines.ts';
import { createStanzaParser, type FieldForm, fieldValue } from '../text/stanza-parser.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** A package of Hackage. */
export interface HackagePackage {
  readonly name: string;
  readonly version: string;
}

const nameShape = '[A-Za-z0-9]+(?:-[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*)*';
const versionShape = '\\d+(?:\\.\\d+)*';

/** Reads a `stack.yaml.lock`. @returns undefined where the text is none. Never rejects. */
export async function parseStackLock(text: string): Promise<HackagePackage[] | undefined> {
  const document = await parsePlainYaml(text);
  if (!isFields(document) || !Array.isArray(field(document, 'packages'))) return undefined;
  const shape = new RegExp(`^(${nameShape})-(${versionShape})(?:@|$)`);
  return itemsOf(field(document, 'packages')).flatMap((entry) => {
    const completed = field(entry, 'completed');
    const [, id, idVersion] = shape.exec(token(field(completed, 'hackage')) ?? '') ?? [];
    // What comes from a repository or an archive has its name in clear.
    const [name, version] = [id ?? token(field(completed, 'name')), idVersion ?? token(field(completed, 'version'))];
    return name === undefined || version === undefined ? [] : [{ name, version }];
  });
}

/** Reads a `cabal.project.freeze`. @returns undefined where the text has no constraints. Never throws. */
export function parseCabalFreeze(text: string): HackagePackage[] | undefined {
  if (!/^constraints:/m.test(text)) return undefined;
  const packages: HackagePackage[] = [];
  const shape = new RegExp(`^(?:constraints:)?\\s*(?:any\\.)?(${nameShape})\\s*==\\s*(${versionShape})\\s*,?\\s*$`);
  splitLines(text, (line) => {
    const [, name, version] = shape.exec(line.slice(0, 1_024)) ?? [];
    if (name !== undefined && version !== undefined) packages.push({ name, version });
    return true;
  });
  return packages;
}

/** A package as GHC has it registered. */
export interface RegisteredPackage extends HackagePackage {
  readonly license?: string;
  readonly author?: string;
  readonly homepage?: string;
  readonly synopsis?: string;
  /** Its id, which is not always name and version. */
  readonly id?: string;
}

const fields: ReadonlyMap<string, FieldForm> = new Map(
  ['name', 'version', 'license', 'author', 'homepage', 'synopsis', 'id'].map((name) => [name, 'line']),
);

/** Reads a `*.conf` of GHC's package database. @returns undefined where the text is none. Never throws. */
export function parseGhcPackage(text: string): RegisteredPackage | undefined {
  const parser = createStanzaParser(fields);
  let stanza: ReturnType<typeof parser.end>;
  splitLines(text, (line) => {
    stanza = parser.line(line);
    return stanza === undefined;
  });
  stanza ??= parser.end();
  if (stanza === undefined) return undefined;
  const value = (name: string): string | undefined => fieldValue(stanza ?? new Map(), name);
  const [name, version] = [token(value('name')), token(value('version'))];
  // Parts of a package have names of the compiler's own, such as `z-attoparsec-z-attoparsec-internal`.
  if (name === undefined || version === undefined || /^z-.+-z-/.test(name)) return undefined;
  const stated = {
    ...{ license: value('license'), author: value('author'), homepage: token(value('homepage')) },
    ...{ synopsis: value('synopsis'), id: token(value('id')) },
  };
  return { name, version, ...withoutUndefined(stated) };
}
