import type { ImageView } from '../../catalog/file-view.ts';
import type { Finding, PackageFinding } from '../../catalog/finding.ts';
import { firstLayers } from '../first-layers.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { buildFile } from './build-files.ts';
import type { ContentManifest, ImageLabels, RedHatContentFacts } from './facts.ts';

/** One image of Red Hat, with all files that tell of it. */
interface RedHatImage {
  readonly name: string;
  readonly version: string;
  readonly files: { readonly path: string; readonly layer: number }[];
  manifest: ContentManifest | undefined;
  labels: ImageLabels;
}

/** A package for each Red Hat image that the image was built from. */
export function* redHatContentFindings(view: ImageView<RedHatContentFacts>): Iterable<Finding> {
  for (const image of images(view)) {
    for (const { path, layer } of image.files) {
      // The content of such a file may change from layer to layer, but a path is one build's.
      const introducedIn = firstLayers(view.history(path), () => [path]).get(path) ?? layer;
      yield { kind: 'package', key: path, ...stated(image), occurrence: { path, layer, introducedIn } };
    }
  }
}

function images(view: ImageView<RedHatContentFacts>): Iterable<RedHatImage> {
  const all = Array.from(view.all());
  const own = all.flatMap(({ path, facts }) =>
    buildFile(path)?.kind === 'json' && facts.kind === 'labels' ? facts : [],
  )[0];
  const found = new Map<string, RedHatImage>();
  for (const { path, layer, facts } of all) {
    const stem = buildFile(path)?.stem;
    if (stem === undefined) continue;
    const identity = identityOf(stem, facts.kind === 'labels' ? facts : undefined, own);
    const key = `${identity.name}@${identity.version}`;
    const image: RedHatImage = found.get(key) ?? { ...identity, files: [], manifest: undefined, labels: {} };
    found.set(key, image);
    image.files.push({ path, layer });
    if (facts.kind === 'manifest') image.manifest ??= facts;
    else image.labels = { ...facts, ...image.labels };
  }
  return found.values();
}

/**
 * What a file tells of is in its labels, or in its name (`ubi8-container-8.6-754`); a name that does not say belongs to
 * the build whose labels lie beside it.
 */
function identityOf(
  stem: string,
  labels: ImageLabels | undefined,
  own: ImageLabels | undefined,
): { name: string; version: string } {
  return fromLabels(labels) ?? fromStem(stem) ?? fromLabels(own) ?? { name: stem, version: '' };
}

function fromLabels(labels: ImageLabels | undefined): { name: string; version: string } | undefined {
  const name = labels?.component ?? labels?.name?.replaceAll('/', '-');
  if (labels?.version === undefined || name === undefined) return undefined;
  return { name, version: labels.release === undefined ? labels.version : `${labels.version}-${labels.release}` };
}

function fromStem(stem: string): { name: string; version: string } | undefined {
  const release = stem.lastIndexOf('-');
  const version = stem.lastIndexOf('-', release - 1);
  const hasNumbers = /\d/.test(stem.slice(version, release)) && /\d/.test(stem.slice(release));
  return version > 0 && hasNumbers ? { name: stem.slice(0, version), version: stem.slice(version + 1) } : undefined;
}

function stated({ name, version, manifest, labels }: RedHatImage): Omit<PackageFinding, 'kind' | 'key' | 'occurrence'> {
  const { architecture, vendor, summary, cpe } = labels;
  return {
    ...{ type: 'generic', class: 'os', namespace: 'redhat', name, version, architecture },
    ...{ supplier: vendor, description: summary },
    qualifiers: withoutUndefined({ arch: architecture }),
    details: withoutUndefined({
      repository: labels.name,
      cpe,
      contentSets: manifest?.contentSets,
      imageLayerIndex: manifest?.imageLayerIndex,
      fromDnfHint: manifest?.fromDnfHint,
    }),
  };
}
