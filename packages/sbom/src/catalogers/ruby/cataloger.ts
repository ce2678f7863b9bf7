import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { parentName } from '../../catalog/path-selection.ts';
import { type NeedingFacts, namedNeeds } from '../named-needs.ts';
import { listedPackages } from '../package-list.ts';
import { readStatedPackages } from '../read-stated-packages.ts';
import { installedGem, lockedGems } from './package.ts';
import { parseGemfileLock } from './parse-gemfile-lock.ts';
import { parseGemspec } from './parse-gemspec.ts';

/** Bytes; gems with long lists of files have 200 KiB. */
const maxGemspecBytes = 4 * 1024 * 1024;
const maxLockBytes = 16 * 1024 * 1024;

/** Ruby's gems: those that RubyGems installed, and those that Bundler locked. */
export const rubyCataloger: Cataloger<NeedingFacts> = {
  name: 'ruby',
  version: '1',
  description: {
    title: 'Ruby gems',
    selects: [
      '**/specifications/*.gemspec',
      '**/specifications/default/*.gemspec',
      '**/Gemfile.lock',
      '**/Gemfile.next.lock',
      '**/gems.locked',
    ],
    reads:
      'installed gems with licences, authors, platform and what each needs; locked gems with sources and checksums',
    emits: ['gem'],
  },
  select: {
    names: ['Gemfile.lock', 'Gemfile.next.lock', 'gems.locked'],
    suffixes: ['.gemspec'],
    path: (path, kind) => {
      const isEntry = kind !== 'directory' && kind !== 'special';
      return isEntry && (!path.endsWith('.gemspec') || specificationsOf(path) !== undefined);
    },
  },
  async extract(file, context) {
    if (file.kind !== 'file') return undefined;
    if (specificationsOf(file.path) !== undefined) return extractGemspec(file, context);
    const packages = await readStatedPackages(file, context, {
      ...{ what: 'a lock file of Bundler', maxBytes: maxLockBytes, parse: parseGemfileLock, state: lockedGems },
    });
    return packages === undefined || packages.length === 0 ? undefined : { packages };
  },
  *assemble(view) {
    yield* listedPackages(view);
    yield* namedNeeds(view, specificationsOf);
  },
};

async function extractGemspec(file: SelectedFile, context: ExtractContext): Promise<NeedingFacts | undefined> {
  if (file.size > maxGemspecBytes) {
    context.problem('too-large', `${file.size} bytes, the limit is ${maxGemspecBytes}`);
    return undefined;
  }
  const gem = parseGemspec(new TextDecoder().decode(await file.bytes(maxGemspecBytes)));
  if (gem === undefined) {
    context.problem('malformed', 'no literal name and version of a gem');
    return undefined;
  }
  const packages = [installedGem(gem, parentName(file.path) === 'default')];
  return { packages, ...(gem.requires && { needs: gem.requires }) };
}

/** The directory of specifications that a gemspec lies in; RubyGems looks nowhere else. */
function specificationsOf(path: string): string | undefined {
  return /^((?:.*\/)?specifications)\/(?:default\/)?[^/]+\.gemspec$/.exec(path)?.[1];
}
