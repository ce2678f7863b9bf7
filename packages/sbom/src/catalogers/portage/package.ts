import type { ImageView } from '../../catalog/file-view.ts';
import type { Finding, PackageFinding } from '../../catalog/finding.ts';
import { metNeeds } from '../dpkg/met-needs.ts';
import { decodeOwnedPaths } from '../owned-path.ts';
import { isPlainToken } from '../text/plain-token.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { type PortageField, portageFile } from './database-files.ts';
import type { PortageFacts } from './facts.ts';
import { parsePortageDependencies } from './parse-dependencies.ts';
import { parsePortageLicenses } from './parse-licenses.ts';
import { splitVersion } from './split-version.ts';

/** A package's directory. */
interface InstalledPackage {
  readonly key: string;
  readonly root: string;
  readonly category: string;
  readonly name: string;
  readonly version: string;
  readonly occurrence: PackageFinding['occurrence'];
}

/** The packages of the image's Portage databases, the files they own, and what they need. */
export function* portageFindings(view: ImageView<PortageFacts>): Iterable<Finding> {
  const installed = Array.from(packages(view));
  for (const pkg of installed) {
    yield packageFinding(pkg, view);
    const contents = view.facts(`${pkg.key}/CONTENTS`);
    if (contents?.kind !== 'files') continue;
    yield { kind: 'ownership', owner: pkg.key, pathHashes: decodeOwnedPaths(contents.paths) };
  }
  for (const [, ofSystem] of Map.groupBy(installed, ({ root }) => root)) {
    yield* metNeeds(
      ofSystem.map(({ key, category, name }) => {
        const depends = parsePortageDependencies(storedValue(view, key, 'RDEPEND') ?? '');
        return { key, pkg: { name: `${category}/${name}`, depends } };
      }),
    );
  }
}

/** `CONTENTS` is there for every package, be it empty. */
function* packages(view: ImageView<PortageFacts>): Iterable<InstalledPackage> {
  for (const { path, layer } of view.all()) {
    const place = portageFile(path);
    if (place?.field !== 'CONTENTS') continue;
    const split = splitVersion(place.pf);
    // Portage leaves directories such as `-MERGING-name-1` behind where an installation broke off.
    if (split === undefined || place.pf.startsWith('-') || ![place.category, split.name].every(isPlainToken)) continue;
    const [first] = view.history(path);
    const { directory: key, root, category } = place;
    yield { key, root, category, ...split, occurrence: { path, layer, introducedIn: first?.layer ?? layer } };
  }
}

function packageFinding(pkg: InstalledPackage, view: ImageView<PortageFacts>): PackageFinding {
  const { key, category, name, version, occurrence } = pkg;
  const value = (field: ValueField) => storedValue(view, key, field);
  const size = value('SIZE');
  return {
    ...{ kind: 'package', key, type: 'ebuild', class: 'os', namespace: category, name, version },
    licenses: parsePortageLicenses(value('LICENSE') ?? ''),
    ...{ description: value('DESCRIPTION'), homepage: value('HOMEPAGE')?.split(/\s/, 1)[0] },
    details: withoutUndefined({
      slot: value('SLOT'),
      repository: value('repository'),
      installedSize: size !== undefined && /^\d{1,15}$/.test(size) ? Number(size) : undefined,
    }),
    occurrence,
  };
}

type ValueField = Exclude<PortageField, 'CONTENTS'>;

function storedValue(view: ImageView<PortageFacts>, directory: string, field: ValueField): string | undefined {
  const facts = view.facts(`${directory}/${field}`);
  return facts?.kind === 'value' ? facts.value : undefined;
}
