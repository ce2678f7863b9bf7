import { SaxesParser } from 'saxes';
import { isPlainToken } from '../text/plain-token.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { createPomProperties, type PomProperties } from './pom-properties.ts';

/** A dependency as a project states it, its properties filled in as far as the file itself knows them. */
export interface PomDependency {
  readonly group: string;
  readonly artifact: string;
  /** Absent where only a parent or an imported project knows it. */
  readonly version?: string;
  /** `compile` unless stated. */
  readonly scope: string;
  readonly optional?: true;
}

/** A Maven project (`pom.xml`), as far as one file tells. */
export interface Pom {
  /** Its own or its parent's. */
  readonly group?: string;
  readonly artifact?: string;
  /** Its own or its parent's. */
  readonly version?: string;
  /** `jar` unless stated. */
  readonly packaging?: string;
  readonly description?: string;
  readonly homepage?: string;
  readonly organization?: string;
  /** Names of licences, or their addresses where they have no name. */
  readonly licenses: readonly string[];
  readonly dependencies: readonly PomDependency[];
}

/** Dependencies of one project, or managed by it, that are taken. */
const maxDependencies = 2_000;
const maxLicenses = 50;
/** Elements and attributes of one project that are read; the longest lists of versions have a quarter of it. */
const maxElements = 50_000;
/** Breaches of XML that are read past. */
const maxErrors = 50;
/** Elements within each other; a real project has no more than ten. */
const maxDepth = 40;
const maxTextLength = 4_096;

/**
 * Reads a Maven project (POM reference, model version 4.0.0). Properties of the file itself and `project.*` are filled
 * in; what refers to a parent that lies elsewhere stays open and is left out. Dependencies take missing versions and
 * scopes from `dependencyManagement` of the same file. Broken XML is read as far as it goes, as entities of HTML are common
 * in old projects.
 *
 * @returns undefined where the text is no Maven project. Never throws.
 */
export function parsePom(text: string): Pom | undefined {
  const raw = readProject(text);
  if (raw === undefined) return undefined;
  const { fields } = raw;
  const properties = createPomProperties(raw);
  const resolved = (name: string): string | undefined => token(properties, fields.get(name));
  const managed = new Map<string, RawDependency>();
  for (const entry of raw.managed) managed.set(keyOf(properties, entry), entry);
  return {
    ...withoutUndefined({
      group: resolved('groupId') ?? resolved('parent/groupId'),
      artifact: resolved('artifactId'),
      version: resolved('version') ?? resolved('parent/version'),
      packaging: resolved('packaging'),
      description: prose(properties, fields.get('description') ?? fields.get('name')),
      homepage: address(properties, fields.get('url')),
      organization: prose(properties, fields.get('organization/name')),
    }),
    licenses: raw.licenses.flatMap(({ name, url }) => prose(properties, name) ?? address(properties, url) ?? []),
    dependencies: raw.dependencies.flatMap((entry) => {
      return dependency(properties, entry, managed.get(keyOf(properties, entry))) ?? [];
    }),
  };
}

/** The texts of one `dependency` element, by the names of its children. */
type RawDependency = Readonly<Record<string, string | undefined>>;

/** The parts of a project that are looked at, nothing filled in yet. */
interface RawProject {
  /** Texts of leaf elements by their path below `project`: `parent/groupId`. */
  readonly fields: ReadonlyMap<string, string>;
  readonly properties: ReadonlyMap<string, string>;
  readonly licenses: readonly RawDependency[];
  readonly dependencies: readonly RawDependency[];
  readonly managed: readonly RawDependency[];
}

function readProject(text: string): RawProject | undefined {
  const project = {
    fields: new Map<string, string>(),
    properties: new Map<string, string>(),
    licenses: [] as Record<string, string>[],
    dependencies: [] as Record<string, string>[],
    managed: [] as Record<string, string>[],
  };
  const lists: Readonly<Record<string, { readonly into: Record<string, string>[]; readonly max: number }>> = {
    'project/licenses/license': { into: project.licenses, max: maxLicenses },
    'project/dependencies/dependency': { into: project.dependencies, max: maxDependencies },
    'project/dependencyManagement/dependencies/dependency': { into: project.managed, max: maxDependencies },
  };
  readLeaves(text, {
    open(path) {
      const list = Object.hasOwn(lists, path) ? lists[path] : undefined;
      if (list !== undefined && list.into.length < list.max) list.into.push({});
    },
    leaf(parent, name, value) {
      const list = Object.hasOwn(lists, parent) ? lists[parent] : undefined;
      const item = list?.into.at(-1);
      if (item !== undefined) item[name] ??= value;
      else if (parent === 'project/properties') project.properties.set(name, value);
      else if (parent === 'project') project.fields.set(name, value);
      else if (leafParents.has(parent)) project.fields.set(`${parent.slice('project/'.length)}/${name}`, value);
    },
  });
  return project.fields.size > 0 ? project : undefined;
}

const leafParents: ReadonlySet<string> = new Set(['project/parent', 'project/organization']);

interface LeafHandler {
  open(path: string): void;
  /** An element without children: the path above it, its name, its text without white space around it. */
  leaf(parent: string, name: string, value: string): void;
}

function readLeaves(text: string, handler: LeafHandler): void {
  const parser = new SaxesParser({ xmlns: false, position: false });
  const path: string[] = [];
  let value = '';
  let deep = 0;
  // Without a handler an error is thrown; with one the parser goes on behind it.
  let errors = 0;
  parser.on('error', () => {
    errors += 1;
    if (errors > maxErrors) throw enough;
  });
  let elements = 0;
  parser.on('attribute', () => {
    elements += 1;
    if (elements > maxElements) throw enough;
  });
  parser.on('opentag', ({ name }) => {
    elements += 1;
    if (elements > maxElements) throw enough;
    value = '';
    if (path.length >= maxDepth) deep += 1;
    else {
      path.push(name.slice(name.indexOf(':') + 1));
      handler.open(path.join('/'));
    }
  });
  parser.on('text', (part) => {
    if (value.length < maxTextLength) value += part;
  });
  parser.on('cdata', (part) => {
    if (value.length < maxTextLength) value += part;
  });
  parser.on('closetag', () => {
    if (deep > 0) deep -= 1;
    else {
      const name = path.pop();
      const content = value.slice(0, maxTextLength).trim();
      if (name !== undefined && content !== '') handler.leaf(path.join('/'), name, content);
    }
    value = '';
  });
  try {
    parser.write(text).close();
  } catch (error) {
    // What was read until then counts.
    if (error !== enough) throw error;
  }
}

/** Ends the reading of a text that is no project in earnest. */
const enough: unique symbol = Symbol('enough');

function dependency(
  properties: PomProperties,
  stated: RawDependency,
  managed: RawDependency | undefined,
): PomDependency | undefined {
  const group = token(properties, stated.groupId);
  const artifact = token(properties, stated.artifactId);
  if (group === undefined || artifact === undefined) return undefined;
  const version = token(properties, stated.version ?? managed?.version);
  const optional = (stated.optional ?? managed?.optional) === 'true';
  return {
    ...{ group, artifact, ...(version !== undefined && { version }) },
    scope: token(properties, stated.scope ?? managed?.scope) ?? 'compile',
    ...(optional && { optional }),
  };
}

function keyOf(properties: PomProperties, { groupId, artifactId, type, classifier }: RawDependency): string {
  return [groupId, artifactId, type ?? 'jar', classifier].map((part) => properties.fill(part ?? '') ?? part).join(':');
}

/** A name or version with nothing left open in it. */
function token(properties: PomProperties, text: string | undefined): string | undefined {
  const filled = text === undefined ? undefined : properties.fill(text);
  return filled !== undefined && isPlainToken(filled) ? filled.toWellFormed() : undefined;
}

function prose(properties: PomProperties, text: string | undefined): string | undefined {
  const filled = text === undefined ? undefined : (properties.fill(text) ?? text);
  return filled?.replace(/\s+/g, ' ').slice(0, 1_024).trim().toWellFormed() || undefined;
}

function address(properties: PomProperties, text: string | undefined): string | undefined {
  const filled = prose(properties, text);
  return filled === undefined ? undefined : withoutCredentials(filled);
}
