import type { Distro } from '../../model/distro.ts';
import type { FileRecord, ModelRecord } from '../../model/file-records.ts';
import type { InventoryLayer } from '../../model/inventory.ts';
import { isCpe } from '../cpe.ts';
import type { CycloneDxComponent } from './document.ts';
import { detailEntries, type PropertyEntry, properties, propertyNamespace } from './properties.ts';
import { cycloneDxVersion } from './version.ts';

const name = (suffix: string): string => `${propertyNamespace}:${suffix}`;

/** The distribution as a component. Its `bom-ref` is `os:` and its id. */
export function distroComponent(distro: Distro): CycloneDxComponent {
  const version = distro.versionId ?? distro.buildId;
  const cpe = distro.cpeName !== undefined && isCpe(distro.cpeName) ? distro.cpeName : undefined;
  return {
    type: 'operating-system',
    'bom-ref': `os:${distro.id}`,
    name: distro.id,
    ...(version !== undefined && { version: cycloneDxVersion(version) }),
    ...(distro.prettyName !== undefined && { description: distro.prettyName }),
    ...(cpe !== undefined && { cpe }),
    evidence: { occurrences: [{ location: `/${distro.path}` }] },
    properties: properties([
      [name('distro:id'), distro.id],
      [name('distro:idLike'), distro.idLike?.join(' ')],
      [name('distro:name'), distro.name],
      [name('distro:versionId'), distro.versionId],
      [name('distro:versionCodename'), distro.versionCodename],
      [name('distro:buildId'), distro.buildId],
      [name('distro:variantId'), distro.variantId],
      [name('distro:extendedSupport'), distro.extendedSupport],
      // What Syft and Grype read back.
      ['syft:distro:id', distro.id],
      ...(distro.idLike ?? []).map((id, index): PropertyEntry => [`syft:distro:idLike:${index}`, id]),
      ['syft:distro:versionCodename', distro.versionCodename],
      ['syft:distro:versionID', distro.versionId],
    ]),
  };
}

/** A hashed file as a component. Its `bom-ref` is `file:` and its path. */
export function fileComponent(file: FileRecord, layers: readonly InventoryLayer[]): CycloneDxComponent {
  const entries: PropertyEntry[] = [
    [name('file:format'), file.format],
    [name('file:mode'), `0${file.mode.toString(8)}`],
    [name('file:ownedBy'), file.ownedBy],
    ...detailEntries('file', file.details),
  ];
  return contentComponent('file', 'file', file, layers, entries);
}

/** A model file as a component. Its `bom-ref` is `model:` and its path. */
export function modelComponent(model: ModelRecord, layers: readonly InventoryLayer[]): CycloneDxComponent {
  const entries: PropertyEntry[] = [[name('model:format'), model.format], ...detailEntries('model', model.details)];
  return contentComponent('machine-learning-model', 'model', model, layers, entries);
}

function contentComponent(
  type: CycloneDxComponent['type'],
  kind: 'file' | 'model',
  record: FileRecord | ModelRecord,
  layers: readonly InventoryLayer[],
  entries: readonly PropertyEntry[],
): CycloneDxComponent {
  const { path, layer, size, sha256 } = record;
  return {
    type,
    'bom-ref': `${kind}:${path}`,
    name: kind === 'file' ? `/${path}` : path.slice(path.lastIndexOf('/') + 1),
    hashes: [{ alg: 'SHA-256', content: sha256 }],
    evidence: { occurrences: [{ location: `/${path}` }] },
    properties: properties([
      ...entries,
      [name(`${kind}:size`), size],
      [name(`${kind}:layer`), layer],
      [name(`${kind}:layerDigest`), layers[layer]?.digest],
      [name(`${kind}:diffId`), layers[layer]?.diffId],
    ]),
  };
}
