import { createHash } from 'node:crypto';
import type { RandomAccess } from '../../catalog/cataloger.ts';
import type { ProblemCode } from '../../model/problem.ts';
import { SbomError } from '../../sbom-error.ts';
import { openZip, type ZipArchive } from '../../zip/open-zip.ts';
import type { ZipEntry } from '../../zip/zip-entry.ts';
import { decodeXml } from '../maven-pom/decode-xml.ts';
import { parsePom } from '../maven-pom/parse-pom.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { javaArchiveSuffix, mustBeArchive } from './archive-name.ts';
import { type ArchiveWork, createArchiveWork, type JavaArchiveLimits } from './archive-work.ts';
import type { JavaArchive } from './facts.ts';
import { identifyArchive } from './identify-archive.ts';
import type { EmbeddedProject } from './main-project.ts';
import { type JarManifest, parseManifest } from './parse-manifest.ts';
import { parsePomProperties } from './parse-pom-properties.ts';

/** What {@link readJavaArchive} takes beside the file. */
export interface ReadJavaArchiveOptions {
  readonly limits?: Partial<JavaArchiveLimits>;
  readonly signal?: AbortSignal;
  /** Takes what could not be read. Default: nobody. */
  problem?(code: ProblemCode, reason: string): void;
}

/** An archive on the way down, and where it lies. */
interface Place {
  /** The path by which it is known: of the file, or within the archive around it. */
  readonly path: string;
  /** Absent for the file itself. */
  readonly inner?: string;
  readonly depth: number;
}

/**
 * Finds the Java packages in an archive and in all archives within it. What cannot be read is handed to `problem`, and
 * the rest is read all the same.
 *
 * @param access - The archive, read in any order.
 * @param path - Its path; the name and a Maven repository around it tell what it is.
 * @throws the signal's reason; what `access` throws
 */
export async function readJavaArchive(
  access: RandomAccess,
  path: string,
  options: ReadJavaArchiveOptions = {},
): Promise<JavaArchive[]> {
  const work = createArchiveWork(access.size, options);
  await readArchive(access, { path, depth: 0 }, work);
  work.finish();
  return work.found;
}

async function readArchive(access: RandomAccess, place: Place, work: ArchiveWork): Promise<void> {
  if (!work.mayRead(place.inner)) return;
  let hasClasses = false;
  const wanted = (name: string): boolean => {
    if (name.endsWith('.class')) hasClasses = true;
    return kindOf(name) !== undefined;
  };
  const zip = await openZip(access, { wanted, maxEntries: work.entriesLeft(), signal: work.signal });
  if (zip === undefined) {
    if (access.size > 0 && mustBeArchive(place.path)) work.problem('malformed', place.inner, 'not a zip archive');
    return;
  }
  work.takeEntries(zip.entryCount);
  // Where the limit of the whole file cut it short, that is said.
  if (zip.defect !== undefined && work.mayRead(place.inner)) {
    work.problem(zip.defect.code, place.inner, zip.defect.reason);
  }
  const manifest = await readManifest(zip, place, work);
  // Archives of stubs for an agent to weave into other libraries: named like those, and none of them.
  if (manifest.has('weave-classes')) return;
  const projects = await readProjects(zip, place, work);
  const packages = identifyArchive({ path: place.path, manifest, projects, hasClasses });
  if (packages.length > 0 && work.takePackages(packages.length)) {
    const sha1 = await sha1Of(access, work.signal);
    work.found.push({ ...(place.inner !== undefined && { inner: place.inner }), sha1, packages });
  }
  for (const entry of zip.entries) if (kindOf(entry.name) === 'archive') await readNested(zip, entry, place, work);
}

/** Which entries are looked at. */
function kindOf(name: string): 'manifest' | 'properties' | 'project' | 'archive' | undefined {
  if (name.endsWith('/pom.properties')) return projectPath.test(name) ? 'properties' : undefined;
  if (name.endsWith('/pom.xml')) return projectPath.test(name) ? 'project' : undefined;
  if (javaArchiveSuffix(name) !== undefined) return 'archive';
  return name.length === manifestName.length && name.toUpperCase() === manifestName ? 'manifest' : undefined;
}

const manifestName = 'META-INF/MANIFEST.MF';
/** Deeper ones are the archive's own too: web applications have them below `WEB-INF/classes`. */
const projectPath = /(?:^|\/)META-INF\/maven\/([^/]{1,255})\/([^/]{1,255})\/pom\.(?:properties|xml)$/;

async function readManifest(zip: ZipArchive, place: Place, work: ArchiveWork): Promise<JarManifest> {
  // Of several the last counts, as for the Java runtime.
  const entry = zip.entries.findLast(({ name }) => kindOf(name) === 'manifest');
  const bytes = entry && (await readEntry(zip, entry, place, work, work.limits.manifestBytes));
  return bytes === undefined ? new Map() : parseManifest(bytes);
}

/** The projects whose data lies in an archive, each once, in the order of their names. */
async function readProjects(zip: ZipArchive, place: Place, work: ArchiveWork): Promise<EmbeddedProject[]> {
  const projects = new Map<string, EmbeddedProject>();
  const entries = zip.entries.filter(({ name }) => projectPath.test(name));
  // The longer `pom.xml` first, so that what `pom.properties` says replaces what it says.
  entries.sort((a, b) => Number(a.name.endsWith('s')) - Number(b.name.endsWith('s')) || (a.name < b.name ? -1 : 1));
  for (const entry of entries.slice(0, work.limits.projects)) {
    if (!work.takeProject(entry.size, place.inner)) break;
    const bytes = await readEntry(zip, entry, place, work, work.limits.pomBytes);
    if (bytes === undefined) continue;
    const key = entry.name.slice(0, entry.name.lastIndexOf('/'));
    const [, group, artifact] = projectPath.exec(entry.name) ?? [];
    const inPath = withoutUndefined({ group, artifact });
    projects.set(key, projectOf(entry.name, bytes, inPath, projects.get(key)));
  }
  if (entries.length > work.limits.projects) {
    work.problem('too-large', place.inner, `data of more than ${work.limits.projects} Maven projects`);
  }
  return uniqueProjects(projects.values());
}

function projectOf(
  name: string,
  bytes: Uint8Array,
  inPath: { readonly group?: string; readonly artifact?: string },
  known: EmbeddedProject | undefined,
): EmbeddedProject {
  if (name.endsWith('.properties')) {
    return {
      ...inPath,
      ...known,
      ...parsePomProperties(Buffer.from(bytes).toString('utf8')),
      source: 'pom.properties',
    };
  }
  const pom = parsePom(decodeXml(bytes));
  const { group, artifact, version } = pom ?? {};
  return { ...inPath, ...withoutUndefined({ group, artifact, version }), ...(pom && { pom }), source: 'pom.xml' };
}

function uniqueProjects(projects: Iterable<EmbeddedProject>): EmbeddedProject[] {
  const unique = new Map<string, EmbeddedProject>();
  for (const project of projects) {
    const key = [project.group, project.artifact, project.version].join(':');
    if (!unique.has(key)) unique.set(key, project);
  }
  return Array.from(unique.values());
}

async function readNested(zip: ZipArchive, entry: ZipEntry, around: Place, work: ArchiveWork): Promise<void> {
  work.signal.throwIfAborted();
  const inner = work.innerPath(around.inner, entry.name);
  if (around.depth === work.limits.depth) {
    work.limitReached(`archives more than ${work.limits.depth} deep in each other`, inner);
    return;
  }
  if (!work.takeArchive(inner)) return;
  const place = { path: entry.name, inner, depth: around.depth + 1 };
  await work.guard(inner, entry, async () => {
    const window = await zip.window(entry);
    if (window !== undefined) return readArchive(window, place, work);
    const held = work.hold(entry.size, inner);
    if (held === undefined) return;
    try {
      const bytes = await zip.read(entry, entry.size);
      await readArchive(bytesAccess(bytes), place, work);
    } finally {
      held();
    }
  });
}

function readEntry(
  zip: ZipArchive,
  entry: ZipEntry,
  place: Place,
  work: ArchiveWork,
  max: number,
): Promise<Uint8Array | undefined> {
  work.signal.throwIfAborted();
  if (!work.takeBytes(entry.size, place.inner)) return Promise.resolve(undefined);
  return work.guard(place.inner, entry, () => zip.read(entry, max));
}

function bytesAccess(bytes: Uint8Array): RandomAccess {
  return {
    size: bytes.byteLength,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
}

async function sha1Of(access: RandomAccess, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha1');
  for (let offset = 0; offset < access.size; ) {
    signal.throwIfAborted();
    const chunk = await access.read(offset, 1024 * 1024);
    if (chunk.length === 0) throw new SbomError('FILE_TRUNCATED', `it ends after ${offset} of ${access.size} bytes`);
    hash.update(chunk);
    offset += chunk.length;
  }
  return hash.digest('hex');
}
