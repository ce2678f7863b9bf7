import { entriesOf, field, isFields, parseJson, token } from '../text/json-fields.ts';
import { type DeclaredNuget, mergeFrameworks, nugetKey } from './declared-packages.ts';
import { sha512Of } from './parse-deps-json.ts';

/**
 * Reads a `packages.lock.json` of NuGet: for each target framework the resolved packages. Projects of the same solution
 * are left out, for they have no version there.
 *
 * @returns undefined where the text is none. Never throws.
 */
export function parsePackagesLock(text: string): DeclaredNuget[] | undefined {
  const document = parseJson(text);
  const dependencies = field(document, 'dependencies');
  if (!isFields(dependencies) || field(document, 'version') === undefined) return undefined;
  return mergeFrameworks(
    Object.entries(dependencies).flatMap(([framework, entries]) => ofFramework(framework, entries)),
  );
}

function ofFramework(framework: string, entries: unknown): DeclaredNuget[] {
  const versions = new Map<string, string>();
  for (const [name, entry] of entriesOf(entries)) {
    const version = token(field(entry, 'resolved'));
    if (version !== undefined && token(name) !== undefined) versions.set(name.toLowerCase(), version);
  }
  return entriesOf(entries).flatMap(([name, entry]) => {
    const version = versions.get(name.toLowerCase());
    if (version === undefined || token(name) === undefined) return [];
    const sha512 = sha512Of(field(entry, 'contentHash'));
    const dependsOn = entriesOf(field(entry, 'dependencies')).flatMap(([needed]) => {
      const resolved = versions.get(needed.toLowerCase());
      return resolved === undefined ? [] : nugetKey(needed, resolved);
    });
    return [
      {
        ...{ name, version, dependsOn, frameworks: [framework] },
        ...(field(entry, 'type') === 'Direct' && { direct: true as const }),
        ...(sha512 !== undefined && { sha512 }),
      },
    ];
  });
}
