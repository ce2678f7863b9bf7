import type { Cataloger, SelectedFile } from '../../catalog/cataloger.ts';
import type { ImageView } from '../../catalog/file-view.ts';
import type { Finding } from '../../catalog/finding.ts';
import { baseName } from '../../catalog/path-selection.ts';
import { busyboxVersion } from './busybox-version.ts';
import { parseUbuntuProStatus } from './parse-ubuntu-pro.ts';
import type { DistroFacts } from './release-facts.ts';
import { releaseFiles } from './release-files.ts';

/** Bytes; a release file has a few hundred. */
const maxFileBytes = 64 * 1024;
/** Bytes of the Ubuntu Pro client's status. */
const maxStatusBytes = 1024 * 1024;
/** Bytes of the program that are looked at. */
const maxBusyboxBytes = 8 * 1024 * 1024;

const ubuntuPro = 'var/lib/ubuntu-advantage/status.json';
/** In the order of trust, after all release files: images of BusyBox alone have none. OpenEmbedded splits it in two. */
const busyboxPaths: readonly string[] = [
  'bin/busybox',
  'usr/bin/busybox',
  'bin/busybox.nosuid',
  'usr/bin/busybox.nosuid',
];
const releasePaths: readonly string[] = Array.from(releaseFiles.keys());
const paths: ReadonlySet<string> = new Set([...releasePaths, ubuntuPro, ...busyboxPaths]);

/**
 * Finds out which Linux distribution an image is, from os-release(5) and the release files that came before it. Several
 * files may answer; the one that comes first in the order of trust has the lowest rank.
 */
export const distroCataloger: Cataloger<DistroFacts> = {
  name: 'distro',
  version: '2',
  description: {
    title: 'Linux distribution',
    selects: Array.from(paths),
    reads: 'name, version and codename of the distribution, and whether Ubuntu Pro extends its support',
    emits: ['distro'],
  },
  select: {
    names: Array.from(new Set(Array.from(paths, baseName))),
    path: (path, kind) => paths.has(path) && kind !== 'directory' && kind !== 'special',
    known: releasePaths,
  },
  async extract(file) {
    if (file.kind !== 'file' || file.size === 0) return undefined;
    if (file.path === ubuntuPro) return extractSupport(file);
    if (busyboxPaths.includes(file.path)) return extractBusybox(file);
    const release = releaseFiles.get(file.path)?.(await readText(file, maxFileBytes));
    return release && { kind: 'release', release };
  },
  assemble: distroFindings,
};

async function extractSupport(file: SelectedFile): Promise<DistroFacts | undefined> {
  const extendedSupport = parseUbuntuProStatus(await readText(file, maxStatusBytes));
  return extendedSupport === undefined ? undefined : { kind: 'support', extendedSupport };
}

async function extractBusybox(file: SelectedFile): Promise<DistroFacts | undefined> {
  const versionId = await busyboxVersion(file.stream(), maxBusyboxBytes);
  if (versionId === undefined) return undefined;
  return {
    kind: 'release',
    release: { id: 'busybox', name: 'BusyBox', prettyName: `BusyBox v${versionId}`, versionId },
  };
}

async function readText(file: SelectedFile, maxBytes: number): Promise<string> {
  return new TextDecoder().decode(await file.bytes(maxBytes));
}

function* distroFindings(view: ImageView<DistroFacts>): Iterable<Finding> {
  const support = view.facts(ubuntuPro);
  for (const [rank, path] of [...releasePaths, ...busyboxPaths].entries()) {
    const facts = view.facts(path);
    const content = view.resolve(path);
    if (facts?.kind !== 'release' || content === undefined) continue;
    const extended = facts.release.id === 'ubuntu' &&
      support?.kind === 'support' && {
        extendedSupport: support.extendedSupport,
      };
    yield { kind: 'distro', rank, distro: { ...facts.release, ...extended, path: content.path, layer: content.layer } };
  }
}
