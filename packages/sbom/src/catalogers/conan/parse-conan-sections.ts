import { splitLines } from '../text/read-lines.ts';
import { type ConanReference, parseConanReference } from './parse-reference.ts';

/** References in one section are taken up to this number; real files have a few hundred. */
const maxReferences = 10_000;

/**
 * The references of some sections of a `conanfile.txt` or `conaninfo.txt`: a line for each, below `[section]`. Lines that
 * name no one package are passed over. Never throws.
 *
 * @returns undefined where the text has no section at all
 */
export function parseConanSections(text: string, sections: ReadonlySet<string>): ConanReference[] | undefined {
  const references: ConanReference[] = [];
  let section: string | undefined;
  splitLines(text, (line) => {
    const content = line.replace(/(?:^|\s)#.*$/, '').trim();
    const heading = /^\[([a-z_]{1,40})\]$/.exec(content)?.[1];
    section = heading ?? section;
    if (heading !== undefined || section === undefined || !sections.has(section)) return true;
    const reference = parseConanReference(content);
    if (reference !== undefined) references.push(reference);
    return references.length < maxReferences;
  });
  return section === undefined ? undefined : references;
}
