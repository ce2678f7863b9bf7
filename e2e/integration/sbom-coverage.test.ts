import { beforeAll, describe, expect, it } from 'vitest';
import { allCatalogers } from '../../packages/sbom/src/catalogers/all-catalogers.ts';
import type { Inventory } from '../../packages/sbom/src/model/inventory.ts';
import type { Package } from '../../packages/sbom/src/model/package.ts';
import type { StatedPackage } from '../support/coverage-image/oracles.ts';
import { type CoverageImage, coverageImage } from '../support/coverage-image.ts';
import { layoutInventory } from '../support/layout-inventory.ts';
import { canRun, type Tool } from '../support/required-tools.ts';
import { rpmTools } from '../support/rpm-database.ts';

const what = 'an image of many package systems';
const tools: readonly Tool[] = [
  'apt-get',
  'chroot',
  'dpkg-query',
  'mmdebstrap',
  'npm',
  'tar',
  'pacman',
  'go',
  'cargo',
  'cc',
];
const runnable = canRun(what, [...tools, ...rpmTools], { root: true });

describe.runIf(runnable)('an image of many package systems', () => {
  let image: CoverageImage;
  let inventory: Inventory;

  beforeAll(async () => {
    image = await coverageImage();
    inventory = await layoutInventory(image.layout, allCatalogers);
  });

  it('has the packages that the package managers name, each at its place and since its layer, and no others', () => {
    const packages = inventory.packages.filter((pkg) => pkg.class !== 'binary');
    const found = packages.flatMap(foundLines);
    const expected = expectedLines(image.answers, new Set(found));
    expect(differences(found, expected)).toEqual({ missing: [], unexpected: [] });
    expect(new Set(found).size).toBe(found.length);
    expect(inventory.problems).toEqual([]);
  });

  it('has several hundred packages of more than ten systems', () => {
    const types = new Set(inventory.packages.map(({ type }) => type));
    expect(Array.from(types)).toEqual(
      expect.arrayContaining('alpm apk cargo composer deb gem golang luarocks maven npm otp pear pypi rpm'.split(' ')),
    );
    expect(inventory.packages.length).toBeGreaterThan(600);
  });

  it('recognises in programs what the package that owns them is, at its version', () => {
    const byId = new Map(inventory.packages.map((pkg) => [pkg.id, pkg]));
    const recognised = inventory.packages.filter((pkg) => pkg.class === 'binary');
    const differing = recognised.flatMap(({ name, version, occurrences }) =>
      occurrences.flatMap(({ path, ownedBy = '' }) => {
        const owner = byId.get(ownedBy);
        const isOwners = owner?.version === version || upstreamVersion(owner?.version ?? '') === version;
        return isOwners ? [] : [`${name} ${version} in ${path} of ${owner?.name} ${owner?.version}`];
      }),
    );
    expect(recognised.length).toBeGreaterThan(20);
    expect(differing).toEqual([]);
  });
});

/** A package at one place, as both sides are written: what tells packages of the type apart, and the first layer. */
function line(pkg: StatedPackage, layer: number): string {
  const { type, name, version, architecture = '', place = '', scope = 'installed' } = pkg;
  return [scope, type, name, version, architecture, place, `layer ${layer}`].join(' | ');
}

/**
 * What the package managers found at the end, each with the first layer after which they found it. Of several names that
 * a Maven repository has for one archive any will do, and lock files do not count for what is installed.
 */
function expectedLines(answers: CoverageImage['answers'], found: ReadonlySet<string>): string[] {
  const first = new Map<string, number>();
  for (const [layer, packages] of answers.entries()) {
    for (const pkg of packages) {
      const key = line(pkg, 0);
      if (!first.has(key)) first.set(key, layer);
    }
  }
  const last = answers.at(-1) ?? [];
  const installed = new Set(last.filter(({ scope }) => scope === undefined).map(identity));
  const lines = new Set<string>();
  const archives = new Map<string, string[]>();
  for (const pkg of last) {
    const entry = line(pkg, first.get(line(pkg, 0)) ?? -1);
    if (pkg.type === 'maven') archives.set(pkg.place ?? '', [...(archives.get(pkg.place ?? '') ?? []), entry]);
    else if (pkg.scope === undefined || !installed.has(identity(pkg))) lines.add(entry);
  }
  for (const names of archives.values()) lines.add(names.find((name) => found.has(name)) ?? names.join(' or '));
  return Array.from(lines);
}

const identity = ({ type, name, version }: StatedPackage): string => `${type} ${name} ${version}`;

/** Without epoch, revision and what Debian says of how it repacked the source. */
function upstreamVersion(version: string): string {
  return version
    .replace(/^\d+:/, '')
    .replace(/-[^-]*$/, '')
    .replace(/(?:[+~]|\.dfsg).*$/, '');
}

const withArchitecture = new Set(['alpm', 'apk', 'deb', 'rpm']);
const withoutPlace = new Set(['apk', 'deb', 'pear', 'rpm']);

function foundLines({ type, scope, namespace, name, version, architecture, occurrences }: Package): string[] {
  const pkg = {
    ...{ type, version, name: namespace === undefined ? name : `${namespace}/${name}` },
    ...(withArchitecture.has(type) && architecture !== undefined && { architecture }),
    ...(scope === 'declared' && { scope }),
  };
  return occurrences.map(({ path, introducedIn }) =>
    line({ ...pkg, ...(!withoutPlace.has(type) && { place: placeOf(type, path) }) }, introducedIn),
  );
}

/** pip names the directory of a package's metadata. */
function placeOf(type: string, path: string): string {
  return type === 'pypi' ? path.replace(/\/(?:METADATA|PKG-INFO)$/, '') : path;
}

function differences(found: readonly string[], expected: readonly string[]) {
  const [left, right] = [new Set(found), new Set(expected)];
  return {
    missing: Array.from(right)
      .filter((entry) => !left.has(entry))
      .sort(),
    unexpected: Array.from(left)
      .filter((entry) => !right.has(entry))
      .sort(),
  };
}
