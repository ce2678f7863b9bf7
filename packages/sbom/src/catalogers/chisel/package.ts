import type { ImageView } from '../../catalog/file-view.ts';
import type { Finding } from '../../catalog/finding.ts';
import { firstLayers } from '../first-layers.ts';
import { decodeOwnedPaths } from '../owned-path.ts';
import type { ChiselFacts } from './facts.ts';
import type { ChiselPackage } from './parse-manifest.ts';

/** The packages of the image's manifests and the files their slices brought. */
export function* chiselFindings(view: ImageView<ChiselFacts>): Iterable<Finding> {
  for (const { path, layer, facts } of view.all()) {
    const introduced = firstLayers(view.history(path), ({ packages }) => packages.map(versionKey));
    for (const pkg of facts.packages) {
      const { name, version, architecture, hashes, slices, files } = pkg;
      const key = `${path}|${name}`;
      yield {
        // Chisel cuts Ubuntu's packages alone, and an image may lack the slice that names the distribution.
        ...{ kind: 'package', key, type: 'deb', class: 'os', namespace: 'ubuntu', name, version, architecture },
        ...(hashes && { hashes }),
        ...(slices && { details: { slices } }),
        occurrence: { path, layer, introducedIn: introduced.get(versionKey(pkg)) ?? layer },
      };
      if (files !== undefined) yield { kind: 'ownership', owner: key, pathHashes: decodeOwnedPaths(files) };
    }
  }
}

function versionKey({ name, architecture, version }: ChiselPackage): string {
  return `${name}:${architecture ?? ''}@${version}`;
}
