/** The parts of the agent's `json` output that the tests read. */
export interface InventoryDocument {
  readonly schema: string;
  readonly subject: { readonly digest: string; readonly identity: string; readonly config: unknown };
  readonly layers: readonly { readonly diffId?: string }[];
  readonly distro?: unknown;
  readonly packages: readonly InventoryPackage[];
  readonly relationships: readonly unknown[];
  readonly files: readonly unknown[];
  readonly secrets: readonly { readonly hash: string }[];
  readonly problems: readonly unknown[];
  readonly complete: boolean;
}

/** A package with the places it was found at. */
export interface InventoryPackage {
  readonly type: string;
  readonly class: string;
  readonly scope: string;
  readonly namespace?: string;
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  readonly source?: { readonly name: string; readonly version?: string };
  readonly purl: string;
  readonly occurrences: readonly { readonly path: string; readonly layer: number; readonly introducedIn: number }[];
}

/** Debian packages as `dpkg-query` would list them (a note in a program also names one, of class `binary`): `name<TAB>version<TAB>architecture`, sorted. */
export function debLines({ packages }: InventoryDocument): string[] {
  const debs = packages.filter((found) => found.type === 'deb' && found.class === 'os');
  return debs.map(({ name, version, architecture }) => `${name}\t${version}\t${architecture}`).sort();
}

/** Every place of every installed package of a purl type: `name<TAB>version<TAB>path`, sorted. */
export function placeLines({ packages }: InventoryDocument, type: string): string[] {
  return packages
    .filter((found) => found.type === type && found.scope === 'installed')
    .flatMap(({ namespace, name, version, occurrences }) => {
      const fullName = namespace === undefined ? name : `${namespace}/${name}`;
      return occurrences.map(({ path }) => `${fullName}\t${version}\t${path}`);
    })
    .sort();
}

/** What must not depend on where an image came from or how its layers are compressed. */
export function sourceIndependent(inventory: InventoryDocument): unknown {
  const { distro, packages, relationships, files, problems, complete, subject, layers } = inventory;
  const diffIds = layers.map(({ diffId }) => diffId);
  return { distro, packages, relationships, files, problems, complete, config: subject.config, diffIds };
}
