import { entriesOf, field, isFields, token } from '../text/json-fields.ts';
import { parsePlainYaml } from '../text/parse-plain-yaml.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** A package that a `pubspec.lock` locks. */
export interface LockedPub {
  readonly name: string;
  readonly version: string;
  /** `hosted`, `git`, `path`. */
  readonly source?: string;
  /** `direct main`, `direct dev`, `transitive`. */
  readonly dependency?: string;
  /** Address of the server or repository, without credentials. */
  readonly url?: string;
  /** The commit of a repository. */
  readonly reference?: string;
  /** SHA-256 of its archive, in lower-case hexadecimal. */
  readonly sha256?: string;
}

/**
 * Reads a `pubspec.lock` of Dart. Parts of the SDK are left out: the version they have there is no version.
 *
 * @returns undefined where the text is none. Never rejects.
 */
export async function parsePubspecLock(text: string): Promise<LockedPub[] | undefined> {
  const packages = field(await parsePlainYaml(text), 'packages');
  return isFields(packages) || packages === ''
    ? entriesOf(packages).flatMap(([name, entry]) => pubOf(name, entry))
    : undefined;
}

function pubOf(key: string, entry: unknown): LockedPub[] {
  const description = field(entry, 'description');
  const source = token(field(entry, 'source'));
  const [name, version] = [token(field(description, 'name')) ?? token(key), token(field(entry, 'version'))];
  if (name === undefined || version === undefined || source === 'sdk') return [];
  const [url, sha256] = [token(field(description, 'url')), token(field(description, 'sha256'))];
  const dependency = field(entry, 'dependency');
  const stated = {
    source,
    dependency: typeof dependency === 'string' && /^[a-z ]{1,40}$/.test(dependency) ? dependency : undefined,
    url: url === undefined ? undefined : withoutCredentials(url),
    reference: token(field(description, 'resolved-ref')),
    sha256: sha256 !== undefined && /^[0-9a-f]{64}$/i.test(sha256) ? sha256.toLowerCase() : undefined,
  };
  return [{ name, version, ...withoutUndefined(stated) }];
}
