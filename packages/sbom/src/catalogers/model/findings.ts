import type { ImageView } from '../../catalog/file-view.ts';
import type { Finding, PackageFinding } from '../../catalog/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { ModelConfigFacts, ModelFacts } from './facts.ts';
import { type HubFile, parseHubPath } from './hub-cache.ts';

type View = ImageView<ModelFacts | ModelConfigFacts>;

/** The models of the image, and the repositories of the hub that its cache names. */
export function* modelFindings(view: View): Iterable<Finding> {
  const snapshots = hubLinks(view);
  const repositories = new Map<string, PackageFinding>();
  for (const { path, layer, facts } of view.all()) {
    if (facts.kind !== 'model' || isSecondName(view, path)) continue;
    const { format, size, sha256, details } = facts;
    const link = snapshots.get(path);
    const hub = parseHubPath(link ?? path);
    const named = withoutUndefined({ ...configOf(view, link ?? path), repository: hub && repositoryOf(hub) });
    yield { kind: 'model', model: { path, layer, format, size, sha256, details: { ...named, ...details } } };
    if (hub?.revision === undefined) continue;
    const key = `${repositoryOf(hub)}@${hub.revision}`;
    if (!repositories.has(key)) repositories.set(key, packageOf(key, hub, hub.revision, { path, layer }));
  }
  yield* repositories.values();
}

/** Whether a path is a link to content that is a model under its own name as well. */
function isSecondName(view: View, path: string): boolean {
  const target = view.resolve(path);
  return target !== undefined && target.path !== path && view.facts(target.path)?.kind === 'model';
}

function packageOf(
  key: string,
  { namespace, name }: HubFile,
  version: string,
  { path, layer }: { readonly path: string; readonly layer: number },
): PackageFinding {
  return {
    ...{ kind: 'package', key, type: 'huggingface', class: 'binary', namespace, name, version },
    // What lies in the cache is named by its hash, so it never changes from layer to layer.
    occurrence: { path, layer, introducedIn: layer },
  };
}

/** In the hub's cache the names of files are links to content that is named by its hash: the first name of each. */
function hubLinks(view: View): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { path } of view.links()) {
    if (parseHubPath(path) === undefined) continue;
    const target = view.resolve(path);
    if (target === undefined || target.directory) continue;
    const other = names.get(target.path);
    if (other === undefined || path < other) names.set(target.path, path);
  }
  return names;
}

/** What the configuration beside a model says of it. */
function configOf(view: View, path: string): JsonObject {
  const directory = path.slice(0, path.lastIndexOf('/') + 1);
  const facts = view.facts(`${directory}config.json`);
  if (facts?.kind !== 'config') return {};
  const { name, modelType, architectures } = facts;
  return { name, modelType, architectures };
}

function repositoryOf({ namespace, name }: HubFile): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
