import type { FileLocation, ImageView } from '../../catalog/file-view.ts';
import type { Finding, PackageFinding } from '../../catalog/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import { firstLayers } from '../first-layers.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { createNodeResolver } from './node-resolution.ts';
import type { NpmPackage } from './parse-package-json.ts';

/** The npm packages of the image, and what each finds when it asks Node.js for what it needs. */
export function* npmFindings(view: ImageView<NpmPackage>): Iterable<Finding> {
  const found = new Map<string, FileLocation & { readonly facts: NpmPackage }>();
  for (const entry of view.all()) found.set(entry.path, entry);
  const resolver = createNodeResolver(found, view);
  let reported = false;
  for (const { path, layer, facts } of found.values()) {
    const introduced = firstLayers(view.history(path), (other) => [versionKey(other)]);
    const occurrence = { path, layer, introducedIn: introduced.get(versionKey(facts)) ?? layer };
    yield { kind: 'package', key: path, ...stated(facts), occurrence };
    for (const to of resolver.resolve(path, facts.dependencies ?? [])) yield { kind: 'depends-on', from: path, to };
    if (resolver.exhausted && !reported) {
      reported = true;
      yield { kind: 'problem', path, code: 'too-large', reason: 'too many dependencies, the rest was not followed' };
    }
  }
}

function stated(pkg: NpmPackage): Omit<PackageFinding, 'kind' | 'key' | 'occurrence'> {
  const slash = pkg.name.indexOf('/');
  return {
    ...{ type: 'npm', class: 'language', version: pkg.version },
    namespace: slash < 0 ? undefined : pkg.name.slice(0, slash),
    name: pkg.name.slice(slash + 1),
    licenses: pkg.licenses ?? [],
    ...{ supplier: pkg.author, description: pkg.description, homepage: pkg.homepage, details: details(pkg) },
  };
}

function details({ repository, private: isPrivate }: NpmPackage): JsonObject {
  return withoutUndefined({ repository, private: isPrivate });
}

function versionKey({ name, version }: NpmPackage): string {
  return `${name}@${version}`;
}
