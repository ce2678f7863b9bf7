import { splitLines } from '../text/read-lines.ts';

/**
 * Reads the form in which pacman keeps its local database: `%NAME%` alone on a line begins a section, each line after
 * it is one value, an empty line ends it. Of two sections of one name the first counts.
 *
 * @param maxValues - Values of one section that are kept.
 */
export function parseSections(text: string, maxValues: number): ReadonlyMap<string, readonly string[]> {
  const sections = new Map<string, string[]>();
  let current: string[] | undefined;
  splitLines(text, (line) => {
    const name = sectionName(line);
    if (name !== undefined) {
      current = sections.has(name) ? undefined : [];
      if (current !== undefined) sections.set(name, current);
    } else if (line.trim() === '') current = undefined;
    else if (current !== undefined && current.length < maxValues) current.push(line.trim());
    return undefined;
  });
  for (const [name, values] of sections) if (values.length === 0) sections.delete(name);
  return sections;
}

/** The name of the section that a line begins. */
export function sectionName(line: string): string | undefined {
  return /^%([A-Z0-9]{1,40})%\s*$/.exec(line)?.[1];
}
