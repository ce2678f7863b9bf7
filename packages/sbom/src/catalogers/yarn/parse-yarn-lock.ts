import {
  type LockedNpmPackage,
  lockedAddress,
  maxLockedDependencies,
  maxLockedPackages,
  type NpmLock,
  versionOfAddress,
} from '../npm/locked-package.ts';
import { isNpmName, isNpmVersion, splitNpmLocator } from '../npm/package-name.ts';
import { splitLines } from '../text/read-lines.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** One block of a lock file: the requests that it answers, and what it says. */
interface Block {
  readonly descriptors: readonly string[];
  readonly fields: Map<string, string>;
  readonly needs: [name: string, range: string][];
}

const sections: ReadonlySet<string> = new Set(['dependencies', 'optionalDependencies']);
const maxDescriptors = 10_000;

/**
 * Reads a `yarn.lock` of either generation: Yarn 1 has a notation of its own, Yarn 2 and newer write YAML of so regular
 * a form that the same reading by lines and indentation serves for both. Workspaces are left out. Never throws.
 */
export function parseYarnLock(text: string): NpmLock {
  const { blocks, berry } = readBlocks(text);
  if (blocks.length === 0 && !berry && !/^# yarn lockfile v1/m.test(text.slice(0, 1_024))) {
    return { kind: 'malformed', reason: 'no lock file of Yarn' };
  }
  const truncated = blocks.length > maxLockedPackages;
  const taken = blocks.slice(0, maxLockedPackages);
  const keys = new Map<string, string>();
  for (const { descriptors } of taken) for (const descriptor of descriptors) keys.set(descriptor, descriptors[0] ?? '');
  let followed = 0;
  const packages = taken.flatMap((block) => {
    followed += block.needs.length;
    return lockedPackage(block, followed > maxLockedDependencies ? new Map() : keys) ?? [];
  });
  return { kind: 'packages', packages, truncated };
}

function readBlocks(text: string): { blocks: Block[]; berry: boolean } {
  const blocks: Block[] = [];
  let berry = false;
  let block: Block | undefined;
  let section: string | undefined;
  splitLines(text, (line) => {
    if (line === '' || line.startsWith('#')) return true;
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    if (indent === 0) {
      // A request longer than YAML's limit for a plain key stands behind a `? `, and the colon on a line of its own.
      if (line === ':') return true;
      const requests = line.replace(/^\? /, '').replace(/:$/, '');
      berry ||= requests === '__metadata';
      block = requests === '__metadata' ? undefined : startBlock(requests);
      if (block !== undefined) blocks.push(block);
      section = undefined;
      return blocks.length <= maxLockedPackages;
    }
    const [key, value] = keyAndValue(line.trim());
    if (indent === 2) {
      section = value === '' ? key : undefined;
      if (value !== '') block?.fields.set(key, value);
    } else if (indent === 4 && section !== undefined && sections.has(section)) block?.needs.push([key, value]);
    return true;
  });
  return { blocks, berry };
}

function startBlock(requests: string): Block {
  const descriptors = requests.replaceAll('"', '').split(', ', maxDescriptors);
  return { descriptors, fields: new Map(), needs: [] };
}

/** `key value`, `key: value`, either side perhaps in quotes. */
function keyAndValue(text: string): [key: string, value: string] {
  const quoted = text.startsWith('"');
  const end = quoted ? text.indexOf('"', 1) : text.indexOf(' ');
  if (end < 0) return [text.replace(/:$/, ''), ''];
  const key = quoted ? text.slice(1, end) : text.slice(0, end).replace(/:$/, '');
  const value = text
    .slice(end + 1)
    .replace(/^:/, '')
    .trim();
  return [key, value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value];
}

function lockedPackage(
  { descriptors, fields, needs }: Block,
  keys: ReadonlyMap<string, string>,
): LockedNpmPackage | undefined {
  const [key = ''] = descriptors;
  if (fields.get('linkType') === 'soft') return undefined;
  const resolution = fields.get('resolution');
  const name = nameOf(resolution ?? key, resolution !== undefined);
  const version = fields.get('version') ?? '';
  if (name === undefined || !isNpmVersion(version) || /@(?:link|workspace|portal):/.test(key)) return undefined;
  const found = needs.flatMap(
    ([need, range]) => keys.get(`${need}@${range}`) ?? keys.get(`${need}@npm:${range}`) ?? [],
  );
  const dependsOn = Array.from(new Set(found.filter((other) => other !== key))).sort();
  return {
    ...{ key, name, version: version === '0.0.0-use.local' ? versionOfAddress(key) : version },
    ...withoutUndefined({
      resolved: lockedAddress(fields.get('resolved')),
      integrity: fields.get('integrity') ?? sha1Integrity(fields.get('resolved')),
      dependsOn: dependsOn.length > 0 ? dependsOn : undefined,
    }),
  };
}

/** The package behind a request: of `alias@npm:name@range` it is `name`, where the lock file has no resolution. */
function nameOf(locator: string, resolved: boolean): string | undefined {
  const split = splitNpmLocator(locator);
  if (split === undefined) return undefined;
  const { name, rest } = split;
  const other = !resolved && rest.startsWith('npm:') ? splitNpmLocator(rest.slice(4)) : undefined;
  return isNpmName(other?.name ?? name) ? (other?.name ?? name) : undefined;
}

/** Yarn 1 before 1.10 had the SHA-1 of the tarball behind its address, and nothing else. */
function sha1Integrity(address: string | undefined): string | undefined {
  const digest = address === undefined ? undefined : /#([0-9a-f]{40})$/.exec(address)?.[1];
  const fromRegistry = digest !== undefined && /\.tgz#/.test(address ?? '');
  return fromRegistry ? `sha1-${Buffer.from(digest, 'hex').toString('base64')}` : undefined;
}
