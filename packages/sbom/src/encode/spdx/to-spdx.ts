import type { Inventory } from '../../model/inventory.ts';
import { comparePaths } from '../../model/order.ts';
import { imageName } from '../../purl/image-purl.ts';
import { contentUuid } from '../content-uuid.ts';
import type { DocumentTool } from '../document-tool.ts';
import { jsonChunks } from '../json-chunks.ts';
import { creationInfo } from './creation-info.ts';
import { createDeclaredLicenses, type DeclaredLicenses } from './declared-licenses.ts';
import type { SpdxDocument, SpdxDocumentParts, SpdxPackage } from './document.ts';
import { documentId } from './element-id.ts';
import { distroPackage, imagePackage } from './image-package.ts';
import { filePackage, installedPackage, modelPackage, packageElementId } from './installed-package.ts';
import { spdxRelationships } from './relationships.ts';
import { tagValueChunks } from './tag-value.ts';

/** What an inventory cannot know of its document. Without any of it, equal inventories give equal documents. */
export interface SpdxOptions {
  /** RFC 3339; written in UTC and whole seconds. Default: when the image was created, as its config has it, or 1970. */
  readonly timestamp?: string;
  /** The program that made the inventory. Default: this library, without a version. */
  readonly tool?: DocumentTool;
  /** Absolute URI of this document, no fragment. Default: derived from the content, the time and the tool. */
  readonly namespace?: string;
}

/**
 * An inventory as an SPDX 2.3 document: the image as what is described, the distribution, packages, hashed files and
 * models as packages, and how they belong together. Secret candidates are not part of it.
 *
 * Files are packages of purpose `FILE`, since file elements need a SHA-1; so no package has its files analysed, and none
 * has a verification code.
 */
export function toSpdx(inventory: Inventory, options: SpdxOptions = {}): SpdxDocument {
  const parts = documentParts(inventory, options);
  const packages = Array.from(parts.packages);
  return {
    ...parts,
    packages,
    relationships: Array.from(parts.relationships),
    // Known only when all packages are made.
    hasExtractedLicensingInfos: Array.from(parts.hasExtractedLicensingInfos),
  };
}

/** {@link toSpdx} as JSON text in chunks, for documents too large to be held whole. */
export function encodeSpdx(inventory: Inventory, options: SpdxOptions = {}): Iterable<string> {
  return jsonChunks({ ...documentParts(inventory, options) });
}

/** {@link toSpdx} in the tag-value format, in chunks. */
export function encodeSpdxTagValue(inventory: Inventory, options: SpdxOptions = {}): Iterable<string> {
  return tagValueChunks(documentParts(inventory, options));
}

function documentParts(inventory: Inventory, options: SpdxOptions): SpdxDocumentParts {
  const licenses = createDeclaredLicenses();
  const ids = new Map(inventory.packages.map((pkg) => [pkg.id, packageElementId(pkg)]));
  const creation = creationInfo(inventory.subject, options.timestamp, options.tool);
  const comment = incompleteness(inventory);
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: documentId,
    name: inventory.subject.reference,
    documentNamespace: options.namespace ?? namespaceOf(inventory, JSON.stringify(creation)),
    creationInfo: creation,
    ...(comment !== undefined && { comment }),
    packages: packages(inventory, ids, licenses),
    relationships: spdxRelationships(inventory, ids),
    hasExtractedLicensingInfos: lazily(() => licenses.extracted()),
  };
}

function* packages(
  inventory: Inventory,
  ids: ReadonlyMap<string, string>,
  licenses: DeclaredLicenses,
): Iterable<SpdxPackage> {
  const { distro, layers } = inventory;
  yield imagePackage(inventory);
  if (distro !== undefined) yield distroPackage(distro);
  for (const pkg of inventory.packages.toSorted((a, b) => comparePaths(a.id, b.id))) {
    yield installedPackage(ids.get(pkg.id) ?? '', pkg, layers, licenses);
  }
  for (const file of inventory.files.toSorted((a, b) => comparePaths(a.path, b.path))) yield filePackage(file);
  for (const model of inventory.models.toSorted((a, b) => comparePaths(a.path, b.path))) yield modelPackage(model);
}

function* lazily<T>(items: () => Iterable<T>): Iterable<T> {
  yield* items();
}

function namespaceOf(inventory: Inventory, creation: string): string {
  const name = imageName(inventory.subject.reference).replace(/[^a-z0-9._-]+/g, '-');
  return `https://spdx.org/spdxdocs/${name}-${contentUuid(inventory, creation)}`;
}

function incompleteness({ complete, problems, omitted }: Inventory): string | undefined {
  const lines = problems.map(({ code, cataloger, path, reason }) => `${code} ${cataloger} /${path}: ${reason}`);
  if (!complete) lines.unshift('This document is not complete: something in the image could not be read.');
  if (omitted !== undefined && omitted.declared > 0) {
    lines.push(`Left out: ${omitted.declared} packages that are declared beside those that are installed.`);
  }
  return lines.length === 0 ? undefined : lines.join('\n');
}
