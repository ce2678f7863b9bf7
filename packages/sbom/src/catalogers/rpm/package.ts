import type { FileLocation, ImageView } from '../../catalog/file-view.ts';
import type { Finding, Need } from '../../catalog/finding.ts';
import { firstLayers } from '../first-layers.ts';
import { decodeOwnedPaths } from '../owned-path.ts';
import { knownRpmDatabases, logOf, rpmDatabaseFile } from './database-files.ts';
import type { RpmFacts, RpmPackageFacts } from './facts.ts';
import { stateRpm } from './state-rpm.ts';

/** The packages of all rpm databases in the image, the files they own, and what they need. */
export function* rpmFindings(view: ImageView<RpmFacts>): Iterable<Finding> {
  yield* linkedLogs(view);
  for (const place of databases(view)) {
    const need = view.answer(place.path) === undefined ? divided(place.path, view) : undefined;
    if (need !== undefined) yield need;
    else yield* databaseFindings(place, view);
  }
}

/** Databases behind a linked directory, whose logs lie there with them. Those without a log are found without us. */
function* linkedLogs(view: ImageView<RpmFacts>): Iterable<Need> {
  for (const path of knownRpmDatabases) {
    if (view.layerOf(path) !== undefined || view.answer(path) !== undefined) continue;
    const [database, log] = [view.resolve(path), view.resolve(logOf(path))];
    if (database === undefined || log === undefined || database.directory || log.directory) continue;
    // At a place of its own it was read with its log already.
    if (rpmDatabaseFile(database.path) !== undefined) continue;
    const files = [database, log].map(({ path: target, layer }) => ({ path: target, layer }));
    yield { kind: 'need', files, wantedAs: path };
  }
}

/** Each visible database once; a log stands for the one it belongs to. */
function databases(view: ImageView<RpmFacts>): FileLocation[] {
  const found = new Map<string, FileLocation>();
  for (const { path, layer } of view.all()) {
    const place = rpmDatabaseFile(path);
    if (place === undefined || found.has(place.database)) continue;
    const visible = path === place.database ? layer : view.layerOf(place.database);
    // A log whose database is gone is nothing.
    if (visible !== undefined) found.set(place.database, { path: place.database, layer: visible });
  }
  return Array.from(found.values());
}

/**
 * What must be read again, where a database and its log lie in two layers, or the log that was read with the database is
 * not the one that is visible.
 */
function divided(path: string, view: ImageView<RpmFacts>): Need | undefined {
  const layer = view.layerOf(path);
  const logLayer = view.layerOf(logOf(path));
  if (layer === undefined || layer === logLayer) return undefined;
  const database = { path, layer };
  if (logLayer !== undefined && logBytes(path, logLayer, view) !== 0) {
    return { kind: 'need', files: [database, { path: logOf(path), layer: logLayer }], wantedAs: path };
  }
  return logBytes(path, layer, view) ? { kind: 'need', files: [database], wantedAs: path } : undefined;
}

/** Bytes of the log in one layer, by what was seen of it alone or beside the database; undefined where there is none. */
function logBytes(database: string, layer: number, view: ImageView<RpmFacts>): number | undefined {
  for (const path of [database, logOf(database)]) {
    for (const { layer: seen, facts } of view.history(path)) {
      if (seen === layer && facts !== undefined) return facts.kind === 'log' ? facts.bytes : facts.logBytes;
    }
  }
  return undefined;
}

function* databaseFindings({ path, layer }: FileLocation, view: ImageView<RpmFacts>): Iterable<Finding> {
  const facts = view.answer(path) ?? view.facts(path);
  if (facts?.kind !== 'database') return;
  const introduced = firstLayers(view.history(path), versionKeys);
  // What no version of the file has by itself came with its log.
  const last = Math.max(layer, view.layerOf(logOf(path)) ?? layer);
  const keys = facts.packages.map((pkg) => `${path}|${versionKey(pkg)}`);
  for (const [index, pkg] of facts.packages.entries()) {
    const key = keys[index] ?? '';
    const occurrence = { path, layer, introducedIn: introduced.get(versionKey(pkg)) ?? last };
    yield { kind: 'package', key, ...stateRpm(pkg), occurrence };
    if (pkg.files !== undefined) yield { kind: 'ownership', owner: key, pathHashes: decodeOwnedPaths(pkg.files) };
    for (const needed of pkg.dependsOn ?? []) yield { kind: 'depends-on', from: key, to: keys[needed] ?? '' };
  }
}

/** `name-version-release.architecture` with the epoch, as rpm calls it: unique in a database. */
function versionKey({ name, version, architecture }: RpmPackageFacts): string {
  return `${name}-${version}.${architecture ?? ''}`;
}

function* versionKeys(facts: RpmFacts): Iterable<string> {
  if (facts.kind === 'database') for (const pkg of facts.packages) yield versionKey(pkg);
}
