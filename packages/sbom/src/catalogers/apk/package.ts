import type { ImageView } from '../../catalog/file-view.ts';
import type { Finding, PackageFinding } from '../../catalog/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import { firstLayers } from '../first-layers.ts';
import { decodeOwnedPaths } from '../owned-path.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { apkFile } from './database-files.ts';
import type { ApkFacts } from './facts.ts';
import type { ApkPackage } from './parse-installed.ts';

/** The packages of the image's apk databases, the files they own, and what they need. */
export function* apkFindings(view: ImageView<ApkFacts>): Iterable<Finding> {
  for (const { path, layer, facts } of view.all()) {
    const place = apkFile(path);
    if (facts.kind !== 'installed' || place === undefined) continue;
    const introduced = firstLayers(view.history(path), versionKeys);
    const wanted = view.facts(`${place.root}etc/apk/world`);
    const names = wanted?.kind === 'world' ? new Set(wanted.names) : undefined;
    // Names are unique in one database, so a name is a key in it.
    const keyOf = (name: string) => `${path}|${name}`;
    for (const pkg of facts.packages) {
      const key = keyOf(pkg.name);
      const occurrence = { path, layer, introducedIn: introduced.get(versionKey(pkg)) ?? layer };
      const autoInstalled = names !== undefined && !names.has(pkg.name) ? true : undefined;
      yield { kind: 'package', key, ...stated(pkg), details: details(pkg, autoInstalled), occurrence };
      if (pkg.files !== undefined) yield { kind: 'ownership', owner: key, pathHashes: decodeOwnedPaths(pkg.files) };
      for (const name of pkg.depends ?? []) yield { kind: 'depends-on', from: key, to: keyOf(name) };
    }
  }
}

function stated(pkg: ApkPackage): Omit<PackageFinding, 'kind' | 'key' | 'occurrence'> {
  const { name, version, architecture, origin, license, maintainer, description, url } = pkg;
  return {
    ...{ type: 'apk', class: 'os', name, version, architecture },
    source: origin === undefined ? undefined : { name: origin },
    licenses: license === undefined ? [] : [license],
    ...{ supplier: maintainer, description, homepage: url },
  };
}

function details({ checksum, commit, installedSize }: ApkPackage, autoInstalled: true | undefined): JsonObject {
  return withoutUndefined({ checksum, commit, installedSize, autoInstalled });
}

function versionKey({ name, architecture, version }: ApkPackage): string {
  return `${name}:${architecture ?? ''}@${version}`;
}

function versionKeys(facts: ApkFacts): string[] {
  return facts.kind === 'installed' ? facts.packages.map(versionKey) : [];
}
