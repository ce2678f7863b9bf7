import { textOf, token } from '../text/json-fields.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { type LuaValue, parseLuaValues } from './parse-lua-values.ts';

/** A rock as its rockspec describes it (LuaRocks, "Rockspec format"). */
export interface Rock {
  readonly name: string;
  /** With the revision of the rockspec: `3.1.0-1`. */
  readonly version: string;
  readonly license?: string;
  readonly maintainer?: string;
  readonly summary?: string;
  readonly homepage?: string;
  /** Address of its sources, without credentials. */
  readonly source?: string;
  /** Names of the rocks it needs; Lua itself is left out. */
  readonly needs?: readonly string[];
}

const maxNeeds = 1_000;

/** Reads a rockspec. @returns undefined where it states no name or no version. Never throws. */
export function parseRockspec(text: string): Rock | undefined {
  const values = parseLuaValues(text);
  const [name, version] = [token(values.get('package')), token(values.get('version'))];
  if (name === undefined || version === undefined) return undefined;
  const description = values.get('description');
  const dependencies = values.get('dependencies');
  const listed = dependencies instanceof Map ? [...dependencies.values()].slice(0, maxNeeds) : [];
  const needs = new Set(listed.flatMap((need) => (typeof need === 'string' ? (rockName(need) ?? []) : [])));
  const stated = {
    license: textOf(at(description, 'license')),
    maintainer: textOf(at(description, 'maintainer')),
    summary: textOf(at(description, 'summary')),
    homepage: address(at(description, 'homepage')),
    source: address(at(values.get('source'), 'url')),
    needs: needs.size === 0 ? undefined : [...needs].sort(),
  };
  return { name, version, ...withoutUndefined(stated) };
}

function at(value: LuaValue | undefined, name: string): LuaValue | undefined {
  return value instanceof Map ? value.get(name) : undefined;
}

/** `lpeg >= 1.0, < 2`. Names are the same in all cases, and the rock's own files have them in lower case. */
function rockName(dependency: string): string | undefined {
  const name = /^\s*([\w./-]{1,200})/.exec(dependency)?.[1]?.toLowerCase();
  return name === 'lua' ? undefined : name;
}

function address(value: LuaValue | undefined): string | undefined {
  const stated = textOf(value);
  return stated === undefined ? undefined : withoutCredentials(stated);
}
