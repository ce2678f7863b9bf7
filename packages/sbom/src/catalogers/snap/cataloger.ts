import type { Cataloger } from '../../catalog/cataloger.ts';
import { type PackageListFacts, packageListCataloger, type StatedPackage } from '../package-list.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { parseSnapYaml, type SnapPackage } from './parse-snap-yaml.ts';

/** Bytes of one `snap.yaml`. */
const maxFileBytes = 512 * 1024;

/** Unpacked snaps: `snap/NAME/REVISION`, and an image that is itself one. */
const snapYaml = /^(?:(?:.*\/)?snap\/[^/]+\/[^/]+\/)?meta\/snap\.yaml$/;

/** Snaps. */
export const snapCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'snap',
  version: '1',
  description: {
    title: 'Snaps',
    selects: ['**/snap/*/*/meta/snap.yaml', 'meta/snap.yaml'],
    reads: 'name, version, base, licence, confinement',
    emits: ['snap'],
  },
  select: {
    names: ['snap.yaml'],
    path: (path, kind) => kind !== 'directory' && kind !== 'special' && snapYaml.test(path),
  },
  isolate: { deadline: 30_000 },
  async read(file, context) {
    const snap = await parseSnapYaml(new TextDecoder().decode(await file.bytes(maxFileBytes)));
    if (snap === undefined) context.problem('malformed', 'no usable name or version');
    return snap && [statedPackage(snap)];
  },
});

function statedPackage(snap: SnapPackage): StatedPackage {
  const { name, version, architecture, summary, license, website, base, type, grade, confinement } = snap;
  return {
    ...{ type: 'snap', class: 'os', name, version, ...withoutUndefined({ architecture }) },
    ...withoutUndefined({ description: summary, homepage: website }),
    ...(license !== undefined && { licenses: [license] }),
    details: withoutUndefined({ base, snapType: type, grade, confinement }),
    ...(architecture !== undefined && { qualifiers: { arch: architecture } }),
  };
}
