import type { FileRecord, ModelRecord } from '../../model/file-records.ts';
import type { InventoryLayer } from '../../model/inventory.ts';
import type { Package, PackageHash } from '../../model/package.ts';
import { isFormattedCpe } from '../cpe.ts';
import { displayName } from '../display-name.ts';
import { webAddress } from '../web-address.ts';
import type { DeclaredLicenses } from './declared-licenses.ts';
import type { SpdxChecksum, SpdxPackage } from './document.ts';
import { elementId } from './element-id.ts';
import { cpeRef, purlRef, unasserted } from './image-package.ts';
import { spdxSupplier } from './supplier.ts';

const checksumNames: Readonly<Record<PackageHash['algorithm'], SpdxChecksum['algorithm']>> = {
  MD5: 'MD5',
  'SHA-1': 'SHA1',
  'SHA-256': 'SHA256',
  'SHA-384': 'SHA384',
  'SHA-512': 'SHA512',
};

/** The SPDX id of a package of the inventory. */
export function packageElementId({ id, type, name }: Pick<Package, 'id' | 'type' | 'name'>): string {
  return elementId('Package', `${type}-${name}`, id);
}

/** The SPDX id of a file of the inventory. */
export function fileElementId({ path }: Pick<FileRecord, 'path'>): string {
  return elementId('File', baseName(path), path);
}

/** The SPDX id of a model of the inventory. */
export function modelElementId({ path }: Pick<ModelRecord, 'path'>): string {
  return elementId('Model', baseName(path), path);
}

/** A package that is installed or declared, under its SPDX id. */
export function installedPackage(
  id: string,
  pkg: Package,
  layers: readonly InventoryLayer[],
  licenses: DeclaredLicenses,
): SpdxPackage {
  const supplier = pkg.supplier === undefined ? undefined : spdxSupplier(pkg.supplier);
  const homepage = webAddress(pkg.homepage);
  const cpes = pkg.cpes?.filter(isFormattedCpe) ?? [];
  return {
    SPDXID: id,
    name: displayName(pkg),
    versionInfo: pkg.version,
    ...(supplier !== undefined && { supplier }),
    ...unasserted,
    ...(pkg.hashes !== undefined && {
      checksums: pkg.hashes.map(({ algorithm, content }) => ({
        algorithm: checksumNames[algorithm],
        checksumValue: content,
      })),
    }),
    ...(homepage !== undefined && { homepage }),
    sourceInfo: sourceInfo(pkg, layers),
    ...licenses.of(pkg.licenses),
    ...(pkg.description !== undefined && { description: pkg.description }),
    ...(pkg.scope === 'declared' && {
      comment: 'Declared by a lock file or manifest; nothing shows that it is installed.',
    }),
    externalRefs: [purlRef(pkg.purl), ...cpes.map(cpeRef)],
    ...(pkg.class === 'language' && { primaryPackagePurpose: 'LIBRARY' as const }),
  };
}

function sourceInfo({ cataloger, occurrences, source }: Package, layers: readonly InventoryLayer[]): string {
  const lines = occurrences.map(({ path, layer, introducedIn }) => {
    const digest = layers[layer]?.digest;
    return `Found by ${cataloger} in /${path} (layer ${layer}${digest === undefined ? '' : ` ${digest}`}, there since layer ${introducedIn})`;
  });
  if (source !== undefined) {
    lines.push(`Built from source package ${source.name}${source.version === undefined ? '' : ` ${source.version}`}`);
  }
  return lines.join('\n');
}

/**
 * A hashed file as a package whose purpose is to be a file (7.24). SPDX 2.3 has elements of its own for files, but
 * demands a SHA-1 of each (8.4), which nobody computed here.
 */
export function filePackage(file: FileRecord): SpdxPackage {
  const mode = `0${file.mode.toString(8)}`;
  return contentPackage(fileElementId(file), file, `File of format ${file.format}, ${file.size} bytes, mode ${mode}`);
}

/** A model file, likewise. */
export function modelPackage(model: ModelRecord): SpdxPackage {
  const comment = `Machine-learning model of format ${model.format}, ${model.size} bytes`;
  return contentPackage(modelElementId(model), model, comment);
}

function contentPackage(
  id: string,
  { path, layer, sha256 }: Pick<FileRecord, 'path' | 'layer' | 'sha256'>,
  comment: string,
): SpdxPackage {
  return {
    SPDXID: id,
    name: `/${path}`,
    packageFileName: `/${path}`,
    ...unasserted,
    checksums: [{ algorithm: 'SHA256', checksumValue: sha256 }],
    sourceInfo: `Found in layer ${layer}`,
    licenseDeclared: 'NOASSERTION',
    comment,
    primaryPackagePurpose: 'FILE',
  };
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
