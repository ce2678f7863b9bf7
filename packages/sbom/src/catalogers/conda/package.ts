import type { ImageView } from '../../catalog/file-view.ts';
import type { Finding, PackageFinding } from '../../catalog/finding.ts';
import { firstLayers } from '../first-layers.ts';
import { decodeOwnedPaths } from '../owned-path.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { CondaPackage } from './parse-conda-meta.ts';

/** The conda packages of the image, their files, and which of their environment they need. */
export function* condaFindings(view: ImageView<CondaPackage>): Iterable<Finding> {
  const installed = Array.from(view.all());
  const byName = new Map(installed.map(({ path, facts }) => [`${environmentOf(path)}\0${facts.name}`, path]));
  for (const { path, layer, facts } of installed) {
    const introduced = firstLayers(view.history(path), (other) => [identity(other)]);
    const occurrence = { path, layer, introducedIn: introduced.get(identity(facts)) ?? layer };
    yield { kind: 'package', key: path, ...stated(facts), occurrence };
    if (facts.paths !== undefined) {
      yield { kind: 'ownership', owner: path, pathHashes: decodeOwnedPaths(facts.paths) };
    }
    for (const name of facts.depends ?? []) {
      const to = byName.get(`${environmentOf(path)}\0${name}`);
      if (to !== undefined && to !== path) yield { kind: 'depends-on', from: path, to };
    }
  }
}

function stated(pkg: CondaPackage): Omit<PackageFinding, 'kind' | 'key' | 'occurrence'> {
  const { name, version, build, channel, subdir, archive, license, hashes, requested } = pkg;
  return {
    ...{ type: 'conda', class: 'language', name, version },
    licenses: license === undefined ? [] : [license],
    ...(hashes && { hashes }),
    qualifiers: withoutUndefined({ build, channel, subdir, type: archive }) as Record<string, string>,
    details: withoutUndefined({ build, channel, subdir, requested }),
  };
}

function environmentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function identity({ name, version, build }: CondaPackage): string {
  return `${name}@${version}@${build ?? ''}`;
}
