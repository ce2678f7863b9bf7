import { z } from 'zod';
import { canonicalHost } from '../reference/host.ts';
import { invalidHosts, printKey } from './hosts-error.ts';
import { parseToml } from './parse-toml.ts';
import { isWildcard } from './prefix.ts';

/** One place that a prefix is read from. */
export interface Location {
  /** `host[:port][/path]` that stands for the prefix. Empty: the name stays as it is. */
  readonly location: string;
  /** Certificates are not verified, and plain http is spoken where TLS is not. */
  readonly insecure: boolean;
}

/** A mirror of a `[[registry]]`. */
export interface MirrorLocation extends Location {
  /** Which references it is for. */
  readonly pulls: 'all' | 'digest-only' | 'tag-only';
}

/** One `[[registry]]`. */
export interface RegistryEntry extends Location {
  readonly prefix: string;
  readonly blocked: boolean;
  readonly mirrors: readonly MirrorLocation[];
  /** The file that it is from. */
  readonly source: string;
}

const place = z
  .string()
  .transform((text) => text.replace(/\/+$/, '').replace(/^[^/]+/, (host) => canonicalHost(host) ?? host.toLowerCase()))
  .refine((text) => !/^https?:\/\//.test(text), 'expected HOST[:PORT][/PATH], without a scheme');
// A tag is a colon after a slash; before that it is a port.
const prefix = place.refine(
  (text) => !/@|\/.*:/.test(text),
  'a prefix with a tag or digest is not supported: layers are read without knowing the tag',
);
const mirrorSchema = z.looseObject({
  location: place.refine((text) => text !== '', 'expected HOST[:PORT][/PATH]'),
  insecure: z.boolean().default(false),
  'pull-from-mirror': z
    .enum(['', 'all', 'digest-only', 'tag-only'], 'expected all, digest-only or tag-only')
    .default(''),
});
// Unknown fields are passed over, as containers/image does.
const registrySchema = z.looseObject({
  prefix: prefix.default(''),
  location: prefix.default(''),
  insecure: z.boolean().default(false),
  blocked: z.boolean().default(false),
  mirror: z.array(mirrorSchema).default([]),
  'mirror-by-digest-only': z.boolean().default(false),
  'pull-from-mirror': z.literal('', 'this field belongs to a [[registry.mirror]]').default(''),
});
type RegistryTable = z.output<typeof registrySchema>;

const documentSchema = z.looseObject({
  registry: z.array(registrySchema).default([]),
  registries: z
    .undefined('this is version 1 of the format, which is not read: write [[registry]] tables with prefix and location')
    .optional(),
});

function mirrorsOf(table: RegistryTable, where: string): readonly MirrorLocation[] {
  const digestOnly = table['mirror-by-digest-only'];
  return table.mirror.map(({ location, insecure, 'pull-from-mirror': pulls }, index) => {
    if (digestOnly && pulls !== '') {
      const field = `${where}.mirror[${index}].pull-from-mirror`;
      throw invalidHosts(field, 'mirror-by-digest-only of the [[registry]] says it already', 'leave one of both away');
    }
    return { location, insecure, pulls: digestOnly ? 'digest-only' : pulls || 'all' };
  });
}

function entryOf(path: string, table: RegistryTable, index: number): RegistryEntry {
  const where = `${path}, field registry[${index}]`;
  const { location, insecure, blocked } = table;
  const named = table.prefix || location;
  if (named === '') throw invalidHosts(where, 'neither prefix nor location');
  if (isWildcard(named) && /[/:]/.test(named)) {
    throw invalidHosts(where, 'a wildcard prefix has neither port nor path', 'write it as *.example.com');
  }
  if (location === '' && !isWildcard(named)) {
    throw invalidHosts(where, 'location is missing', 'only a prefix such as *.example.com goes without');
  }
  return {
    prefix: named,
    location: location === named && isWildcard(named) ? '' : location,
    insecure,
    blocked,
    mirrors: mirrorsOf(table, where),
    source: path,
  };
}

/** The same place must not be secure under one prefix and insecure under another. */
function checkConflicts(path: string, entries: readonly RegistryEntry[]): void {
  const known = new Map<string, RegistryEntry>();
  for (const entry of entries) {
    const place = entry.location || entry.prefix;
    const other = known.get(place) ?? entry;
    known.set(place, other);
    for (const field of ['insecure', 'blocked'] as const) {
      if (entry[field] === other[field]) continue;
      throw invalidHosts(path, `location ${printKey(place)} stands there twice, with different values of ${field}`);
    }
  }
}

/**
 * Parses a `registries.conf` of version 2 (containers-registries.conf(5)) into its `[[registry]]` tables, the first of
 * each prefix. What concerns short names is passed over on purpose (`unqualified-search-registries`, `aliases`,
 * `short-name-mode`), and so are credential helpers.
 *
 * @param path how the file is called in messages
 * @throws RegistryError `HOSTS_INVALID` with the file and the line or field
 */
export function parseRegistriesConf(path: string, text: string): readonly RegistryEntry[] {
  const document = parseToml(path, text, documentSchema);
  const entries = document.registry.map((table, index) => entryOf(path, table, index));
  checkConflicts(path, entries);
  return entries.filter((entry, index) => entries.findIndex(({ prefix }) => prefix === entry.prefix) === index);
}
