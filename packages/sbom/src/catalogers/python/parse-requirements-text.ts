import { splitLines } from '../text/read-lines.ts';
import { evaluateMarker, type MarkerEnvironment } from './evaluate-marker.ts';
import { type LockedPythonPackage, maxLockedPackages, onlyHash, type PythonLock } from './locked-package.ts';
import { parseRequirement } from './parse-requirement.ts';

const maxLineLength = 100_000;

/**
 * Reads a requirements file of pip ("Requirements File Format"): the requirements pinned to one version. Options and
 * other files that it names are passed over, and so is what is not for the platform. Never throws.
 */
export function parseRequirementsText(text: string, environment: MarkerEnvironment): PythonLock {
  const packages: LockedPythonPackage[] = [];
  let begun = '';
  const take = (line: string): void => {
    const locked = parseLine(line, environment);
    if (locked !== undefined) packages.push(locked);
  };
  splitLines(text, (line) => {
    if (line.endsWith('\\') && begun.length < maxLineLength) {
      begun += line.slice(0, -1);
      return true;
    }
    take(begun + line);
    begun = '';
    return packages.length <= maxLockedPackages;
  });
  if (begun !== '') take(begun);
  const truncated = packages.length > maxLockedPackages;
  return { kind: 'packages', packages: packages.slice(0, maxLockedPackages), truncated };
}

function parseLine(line: string, environment: MarkerEnvironment): LockedPythonPackage | undefined {
  const uncommented = line.slice(0, maxLineLength).replace(/(?:^|\s)#.*$/, '');
  const options = uncommented.search(/(?:^|\s)--?[a-zA-Z]/);
  const requirement = parseRequirement(options < 0 ? uncommented : uncommented.slice(0, options));
  if (requirement?.pin === undefined) return undefined;
  const { name, pin, marker } = requirement;
  if (marker !== undefined && evaluateMarker(marker, environment) === false) return undefined;
  const hashes = Array.from(uncommented.matchAll(/\s--hash[= ](\S+)/g), ([, stated]) => stated);
  const hash = onlyHash(hashes);
  return { name, version: pin, ...(hash && { hash }) };
}
