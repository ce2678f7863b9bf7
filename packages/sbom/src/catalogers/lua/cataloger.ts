import type { Cataloger } from '../../catalog/cataloger.ts';
import { type NeedingFacts, namedNeeds } from '../named-needs.ts';
import { listedPackages, type StatedPackage } from '../package-list.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { parseRockspec, type Rock } from './parse-rockspec.ts';

const maxBytes = 1024 * 1024;

/** Rocks that LuaRocks installed, and rockspecs of projects. */
export const luaCataloger: Cataloger<NeedingFacts> = {
  name: 'lua',
  version: '1',
  description: {
    title: 'Lua rocks (LuaRocks)',
    selects: ['**/*.rockspec'],
    reads: 'rocks with licence, maintainer, sources and what each needs',
    emits: ['luarocks'],
  },
  select: { suffixes: ['.rockspec'] },
  isolate: { deadline: 30_000 },
  async extract(file, context) {
    if (file.kind !== 'file') return undefined;
    const isInstalled = treeOf(file.path) !== undefined;
    if (file.size > maxBytes) {
      if (isInstalled) context.problem('too-large', `${file.size} bytes, the limit is ${maxBytes}`);
      return undefined;
    }
    const rock = parseRockspec(new TextDecoder().decode(await file.bytes(maxBytes)));
    if (rock !== undefined) return { packages: [stated(rock, isInstalled)], ...(rock.needs && { needs: rock.needs }) };
    // Those of projects may be templates.
    if (isInstalled) context.problem('malformed', 'no literal name and version of a rock');
    return undefined;
  },
  *assemble(view) {
    yield* listedPackages(view);
    yield* namedNeeds(view, treeOf);
  },
};

function stated(rock: Rock, isInstalled: boolean): StatedPackage {
  const { version, license, maintainer, summary, homepage, source } = rock;
  return {
    ...{ type: 'luarocks', class: 'language', scope: isInstalled ? 'installed' : 'declared' },
    // Names are the same in all cases.
    ...{ name: rock.name.toLowerCase(), version, key: 'rock' },
    ...(license !== undefined && { licenses: [license] }),
    ...withoutUndefined({ supplier: maintainer, description: summary, homepage }),
    details: withoutUndefined({ source }),
  };
}

/** The tree of an installed rock: `rocks-5.1/name/version/name-version.rockspec`, `rocks/…` of old versions. */
function treeOf(path: string): string | undefined {
  return /^((?:.*\/)?(?:rocks(?:-\d+\.\d+)?))\/([^/]+)\/([^/]+)\/\2-\3\.rockspec$/.exec(path)?.[1];
}
