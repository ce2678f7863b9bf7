import type { ImageView } from '../../catalog/file-view.ts';
import type { Finding, PackageFinding } from '../../catalog/finding.ts';
import { metNeeds } from '../dpkg/met-needs.ts';
import { firstLayers } from '../first-layers.ts';
import { decodeOwnedPaths } from '../owned-path.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { pacmanFile } from './database-files.ts';
import type { PacmanFacts } from './facts.ts';
import type { PacmanPackage } from './parse-desc.ts';

interface KeyedPackage {
  /** The package's directory, which its version is part of. */
  readonly key: string;
  readonly database: string;
  readonly pkg: PacmanPackage;
  readonly occurrence: PackageFinding['occurrence'];
}

/** The packages of the image's pacman databases, the files they own, and what they need. */
export function* pacmanFindings(view: ImageView<PacmanFacts>): Iterable<Finding> {
  const installed = Array.from(packages(view));
  for (const { key, pkg, occurrence } of installed) {
    yield packageFinding(key, pkg, occurrence);
    const files = view.facts(`${key}/files`);
    if (files?.kind === 'files') yield { kind: 'ownership', owner: key, pathHashes: decodeOwnedPaths(files.paths) };
  }
  for (const [, ofDatabase] of Map.groupBy(installed, ({ database }) => database)) {
    yield* metNeeds(
      ofDatabase.map(({ key, pkg }) => {
        const { name, architecture, provides, depends = [] } = pkg;
        const needs = depends.map((need) => [need]);
        return { key, pkg: { ...withoutUndefined({ architecture, provides }), name, depends: needs } };
      }),
    );
  }
}

function* packages(view: ImageView<PacmanFacts>): Iterable<KeyedPackage> {
  for (const { path, layer, facts } of view.all()) {
    const place = pacmanFile(path);
    if (facts.kind !== 'desc' || place === undefined) continue;
    const { pkg } = facts;
    const introducedIn = firstLayers(view.history(path), versions).get(pkg.version) ?? layer;
    yield { key: place.directory, database: place.database, pkg, occurrence: { path, layer, introducedIn } };
  }
}

function packageFinding(key: string, pkg: PacmanPackage, occurrence: KeyedPackage['occurrence']): PackageFinding {
  const { name, version, architecture, base, description, url, packager, licenses = [] } = pkg;
  const { installedSize, autoInstalled, validation } = pkg;
  return {
    ...{ kind: 'package', key, type: 'alpm', class: 'os', name, version, architecture, licenses },
    ...(base !== undefined && { source: { name: base } }),
    ...{ supplier: packager, description, homepage: url },
    details: withoutUndefined({ installedSize, autoInstalled, validation }),
    occurrence,
  };
}

function versions(facts: PacmanFacts): string[] {
  return facts.kind === 'desc' ? [facts.pkg.version] : [];
}
