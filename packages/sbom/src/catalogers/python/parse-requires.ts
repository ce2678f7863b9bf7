import { splitLines } from '../text/read-lines.ts';
import { evaluateMarker, type MarkerEnvironment } from './evaluate-marker.ts';
import { parseRequirement } from './parse-requirement.ts';

const maxNames = 10_000;

/**
 * Reads the `requires.txt` that setuptools writes into an egg: specifiers, then sections `[extra]`, `[extra:marker]` and
 * `[:marker]`. Sections of an extra are left out.
 *
 * @returns normalised names, sorted
 */
export function parseRequiresText(text: string, environment: MarkerEnvironment): string[] {
  const names = new Set<string>();
  let wanted = true;
  splitLines(text, (line) => {
    const section = /^\s*\[([^\]:]*)(?::(.*))?\]\s*$/.exec(line);
    if (section !== null) {
      wanted = section[1] === '' && evaluateMarker(section[2] ?? '', environment) !== false;
      return true;
    }
    const requirement = wanted ? parseRequirement(line) : undefined;
    if (requirement !== undefined) names.add(requirement.normalized);
    return names.size < maxNames;
  });
  return Array.from(names).sort();
}
