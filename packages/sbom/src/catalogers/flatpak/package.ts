import type { ImageView } from '../../catalog/file-view.ts';
import type { Finding, PackageFinding } from '../../catalog/finding.ts';
import { isPlainToken } from '../text/plain-token.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { type FlatpakFile, type FlatpakRef, flatpakFile, metainfoFiles } from './database-files.ts';
import type { FlatpakFacts } from './facts.ts';
import type { Metainfo } from './parse-metainfo.ts';

interface Deployment extends FlatpakFile {
  readonly runtime: string | undefined;
  readonly occurrence: PackageFinding['occurrence'];
}

/** What the image's Flatpak installations have deployed, and which runtime each app needs. */
export function* flatpakFindings(view: ImageView<FlatpakFacts>): Iterable<Finding> {
  const deployments = Array.from(deployed(view));
  const runtimes = new Map<string, string>();
  for (const { installation, deployment, ref } of deployments) {
    if (ref.kind === 'runtime') runtimes.set(`${installation}|${refName(ref)}`, deployment);
  }
  for (const { installation, deployment, ref, runtime, occurrence } of deployments) {
    yield packageFinding(deployment, ref, metainfoOf(view, deployment, ref.id), occurrence);
    const to = runtime === undefined ? undefined : runtimes.get(`${installation}|${runtime}`);
    if (to !== undefined) yield { kind: 'depends-on', from: deployment, to };
  }
}

function* deployed(view: ImageView<FlatpakFacts>): Iterable<Deployment> {
  for (const { path, layer, facts } of view.all()) {
    const place = flatpakFile(path);
    if (facts.kind !== 'metadata' || place === undefined) continue;
    const { id, branch } = place.ref;
    if (!isPlainToken(id) || !isPlainToken(branch)) continue;
    const [first] = view.history(path);
    const occurrence = { path, layer, introducedIn: first?.layer ?? layer };
    yield { ...place, runtime: facts.metadata.runtime, occurrence };
  }
}

function metainfoOf(view: ImageView<FlatpakFacts>, deployment: string, id: string): Metainfo {
  for (const file of metainfoFiles(id)) {
    const facts = view.facts(`${deployment}/${file}`);
    if (facts?.kind === 'metainfo') return facts.metainfo;
  }
  return {};
}

function packageFinding(
  key: string,
  ref: FlatpakRef,
  metainfo: Metainfo,
  occurrence: PackageFinding['occurrence'],
): PackageFinding {
  const { id: name, architecture, branch, commit, kind } = ref;
  const { version, license, summary, developer, homepage } = metainfo;
  return {
    ...{ kind: 'package', key, type: 'flatpak', class: 'os', name, architecture },
    // Runtimes have no releases; what they call a version is the branch.
    version: version !== undefined && isPlainToken(version) ? version : branch,
    licenses: license === undefined ? [] : [license],
    ...{ supplier: developer, description: summary, homepage },
    details: withoutUndefined({ ref: kind, branch, commit }),
    qualifiers: { arch: architecture },
    occurrence,
  };
}

function refName({ id, architecture, branch }: FlatpakRef): string {
  return `${id}/${architecture}/${branch}`;
}
