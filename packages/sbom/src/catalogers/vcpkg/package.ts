import type { FileLocation, ImageView } from '../../catalog/file-view.ts';
import type { Finding } from '../../catalog/finding.ts';
import { firstLayers } from '../first-layers.ts';
import { decodeOwnedPaths } from '../owned-path.ts';
import type { StatedPackage } from '../package-list.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { VcpkgStatus } from './parse-status.ts';
import type { PinnedVcpkg, VcpkgPort } from './parse-vcpkg-json.ts';

/** What one of vcpkg's files says. */
export type VcpkgFacts =
  | { readonly kind: 'manifest'; readonly packages: readonly PinnedVcpkg[] }
  | { readonly kind: 'status'; readonly entries: readonly VcpkgStatus[] }
  | { readonly kind: 'list'; readonly owned: string }
  | { readonly kind: 'port'; readonly port: VcpkgPort };

/** Where vcpkg keeps what it knows, below the directory that it installs to. */
export const statusPath: RegExp = /^(.*\/)?vcpkg\/(?:status|updates\/\d+)$/;
export const listPath: RegExp = /^(.*\/)?vcpkg\/info\/([^/_]+)_([^/]+)_([^/_]+)\.list$/;
export const portPath: RegExp = /^(.*\/)?([^/]+)\/share\/([^/]+)\/vcpkg\.spdx\.json$/;

interface InstalledPort extends VcpkgPort {
  readonly name: string;
  readonly triplet: string;
  readonly description?: string | undefined;
}

/**
 * What is installed: each package with a list of its files; and those that the status has and no list. Port revisions
 * come from the status, or from the port's own document where the status was never written.
 */
export function* vcpkgFindings(view: ImageView<VcpkgFacts>): Iterable<Finding> {
  const noted = new Map<string, { entry: VcpkgStatus; location: FileLocation }>();
  const ports = new Map<string, VcpkgPort>();
  const lists: (FileLocation & { owned: string })[] = [];
  for (const { path, layer, facts } of view.all()) {
    if (facts.kind === 'manifest') yield* pinned({ path, layer }, facts.packages);
    if (facts.kind === 'list') lists.push({ path, layer, owned: facts.owned });
    // `status` comes before `updates` in the order of paths, and these in the order of their numbers.
    const root = statusPath.exec(path)?.[1] ?? '';
    for (const entry of facts.kind === 'status' ? facts.entries : []) {
      noted.set(keyOf(root, entry.name, entry.triplet), { entry, location: { path, layer } });
    }
    const [, portRoot = '', triplet = '', name = ''] = portPath.exec(path) ?? [];
    if (facts.kind === 'port') ports.set(keyOf(portRoot, name, triplet), facts.port);
  }
  for (const { path, layer, owned } of lists) {
    const [, root = '', name = '', version = '', triplet = ''] = listPath.exec(path) ?? [];
    const key = keyOf(root, name, triplet);
    const entry = noted.get(key)?.entry;
    noted.delete(key);
    const port = { version, ...ports.get(key), ...statedBy(entry), name, triplet };
    yield finding(key, port, { path, layer }, firstLayer(view, path, layer));
    yield { kind: 'ownership', owner: key, pathHashes: decodeOwnedPaths(owned) };
  }
  for (const [key, { entry, location }] of noted) {
    const port = { ...ports.get(key), ...entry };
    if (entry.installed) yield finding(key, port, location, firstNoted(view, location, entry));
  }
}

function statedBy(entry: VcpkgStatus | undefined): Partial<InstalledPort> {
  if (entry?.installed !== true) return {};
  return withoutUndefined({ version: entry.version, portVersion: entry.portVersion, description: entry.description });
}

function finding(key: string, port: InstalledPort, location: FileLocation, introducedIn: number): Finding {
  const { name, version, triplet, portVersion, license, homepage, description } = port;
  return {
    ...{ kind: 'package', key, type: 'vcpkg', class: 'language', name, version },
    ...(license !== undefined && { licenses: [license] }),
    ...withoutUndefined({ description, homepage: homepage === undefined ? undefined : withoutCredentials(homepage) }),
    qualifiers: withoutUndefined({ port_version: portVersion, triplet }),
    details: {},
    occurrence: { ...location, introducedIn },
  };
}

function* pinned({ path, layer }: FileLocation, packages: readonly PinnedVcpkg[]): Iterable<Finding> {
  for (const { name, version, portVersion } of packages) {
    const stated: StatedPackage = { type: 'vcpkg', class: 'language', scope: 'declared', name, version, details: {} };
    const qualifiers = withoutUndefined({ port_version: portVersion });
    const occurrence = { path, layer, introducedIn: layer };
    yield { kind: 'package', ...stated, key: `${path}|${name}`, qualifiers, occurrence };
  }
}

function keyOf(root: string, name: string, triplet: string): string {
  return `${root}|${name}|${triplet}`;
}

/** The first layer whose version of a status has the package at this version. */
function firstNoted(view: ImageView<VcpkgFacts>, { path, layer }: FileLocation, entry: VcpkgStatus): number {
  const identity = ({ name, triplet, version }: VcpkgStatus): string => `${name}:${triplet}@${version}`;
  const installed = (facts: VcpkgFacts): string[] =>
    facts.kind === 'status' ? facts.entries.filter((one) => one.installed).map(identity) : [];
  return firstLayers(view.history(path), installed).get(identity(entry)) ?? layer;
}

/** The list of a package is written when it is installed. */
function firstLayer(view: ImageView<VcpkgFacts>, path: string, visible: number): number {
  for (const { layer } of view.history(path)) return layer;
  return visible;
}
