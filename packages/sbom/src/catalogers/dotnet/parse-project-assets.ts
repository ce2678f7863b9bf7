import { entriesOf, field, isFields, parseJson, token } from '../text/json-fields.ts';
import { type DeclaredNuget, mergeFrameworks, nugetKey } from './declared-packages.ts';
import { sha512Of } from './parse-deps-json.ts';

/**
 * Reads a `project.assets.json`, what NuGet's restore leaves in `obj`: for each target the packages it resolved.
 *
 * @returns undefined where the text is none. Never throws.
 */
export function parseProjectAssets(text: string): DeclaredNuget[] | undefined {
  const document = parseJson(text);
  const [targets, libraries] = [field(document, 'targets'), field(document, 'libraries')];
  if (!isFields(targets) || !isFields(libraries)) return undefined;
  return mergeFrameworks(
    Object.entries(targets).flatMap(([framework, entries]) => ofTarget(framework, entries, libraries)),
  );
}

function ofTarget(framework: string, entries: unknown, libraries: unknown): DeclaredNuget[] {
  const packages = entriesOf(entries).filter(([, entry]) => field(entry, 'type') === 'package');
  const versions = new Map(
    packages.map(([key]) => [key.slice(0, key.lastIndexOf('/')).toLowerCase(), key.slice(key.lastIndexOf('/') + 1)]),
  );
  return packages.flatMap(([key, entry]) => {
    const slash = key.lastIndexOf('/');
    const [name, version] = [token(key.slice(0, Math.max(slash, 0))), token(key.slice(slash + 1))];
    if (name === undefined || version === undefined) return [];
    const sha512 = sha512Of(field(field(libraries, key), 'sha512'));
    const dependsOn = entriesOf(field(entry, 'dependencies')).flatMap(([needed]) => {
      const resolved = versions.get(needed.toLowerCase());
      return resolved === undefined ? [] : nugetKey(needed, resolved);
    });
    return [{ ...{ name, version, dependsOn, frameworks: [framework] }, ...(sha512 !== undefined && { sha512 }) }];
  });
}
