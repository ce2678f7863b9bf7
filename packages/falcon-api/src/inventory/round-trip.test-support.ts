import type { InventoryScanRequest } from '../wire/inventory-scan-request.ts';
import type { InputPackage, InventoryInput } from './inventory-input.ts';
import type { LayerPosition } from './layer-position.ts';

/** What the published models can hold of an image: by kind, each fact as a text, sorted. */
export type HeldFacts = Readonly<Record<string, readonly string[]>>;

/** The facts of an inventory. */
export function factsOfInput({ layers, packages, files, models, secrets, whiteouts }: InventoryInput): HeldFacts {
  const layerOf = (index: number) => [index, layers[index]?.digest];
  const found = ({ path, layer }: { path: string; layer: number }) => [rooted(path), ...layerOf(layer)];
  const system = packages.filter((each) => each.class === 'os');
  const others = packages.filter((each) => each.class !== 'os');
  return {
    layers: facts(
      layers.map(({ digest, size, createdAt = '', createdBy = '' }) => [digest, size, createdAt, createdBy]),
    ),
    system: facts(
      system.map((each) => [
        ...[each.type, each.name, each.version, each.architecture, hashOf(each)],
        `${each.source?.name ?? each.name} ${each.source?.version ?? each.version}`,
        ...[each.details.status ?? each.scope, each.details.installedAt],
        ...layerOf(each.occurrences[0]?.introducedIn ?? 0),
      ]),
    ),
    libraries: facts(
      others.flatMap((each) =>
        each.occurrences.map(({ path, introducedIn }) => [
          ...[rooted(path), each.version, each.licenses.join(', ') || undefined, hashOf(each)],
          ...layerOf(introducedIn),
        ]),
      ),
    ),
    files: facts(files.map((each) => [...found(each), each.sha256, each.size])),
    elfDetails: facts(files.filter(({ format }) => format === 'elf').map((each) => [rooted(each.path), each.details])),
    models: facts(models.map((each) => [...found(each), each.sha256, each.size])),
    secrets: facts(secrets.map((each) => [...found(each), each.line, each.rule, each.name, each.hash, each.masked])),
    whiteouts: facts([...new Set(whiteouts.map(({ path }) => rooted(path)))]),
  };
}

/** The same facts, read from an upload body. */
export function factsOfBody({ inventory, high_entropy_strings = [] }: InventoryScanRequest): HeldFacts {
  const at = ({ LayerHash, LayerIndex }: Partial<LayerPosition>) => [LayerIndex, LayerHash];
  const { ELFBinaries, HashedFiles = [], MLModels = [], ApplicationPackages = [] } = inventory;
  return {
    layers: facts(inventory.Layers.map((each) => [each.Digest, each.Size, each.CreatedAt, each.CreatedBy])),
    system: facts(
      inventory.Packages.map((each) => [
        ...[each.PackageProvider, each.Product, each.MajorVersion, each.SoftwareArchitecture, each.PackageHash],
        ...[each.PackageSource, each.Status, each.InstallDate, ...at(each)],
      ]),
    ),
    libraries: facts(
      ApplicationPackages.flatMap(({ libraries }) =>
        libraries.map((each) => [each.Path, each.Version, each.License, each.Hash, ...at(each)]),
      ),
    ),
    files: facts([...ELFBinaries, ...HashedFiles].map((each) => [each.Path, ...at(each), each.Hash, each.Size])),
    elfDetails: facts(ELFBinaries.map(({ Path, Details }) => [Path, Details])),
    models: facts(MLModels.map((each) => [each.Path, ...at(each), each.Hash, each.Size])),
    secrets: facts(
      high_entropy_strings.flatMap(({ Path, Strings, ...place }) =>
        Strings.map((each) => [Path, ...at(place), each.Line, each.RegexName, each.Name, each.Hash, each.String]),
      ),
    ),
    whiteouts: facts(inventory.whiteout_files ?? []),
  };
}

function facts(rows: readonly unknown[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

function rooted(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

function hashOf({ hashes = [] }: InputPackage): string | undefined {
  return (hashes.find(({ algorithm }) => algorithm === 'SHA-256') ?? hashes[0])?.content;
}
