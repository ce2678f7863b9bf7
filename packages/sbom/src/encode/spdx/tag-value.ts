import type { SpdxDocumentParts, SpdxExtractedLicense, SpdxPackage, SpdxRelationship } from './document.ts';
import { oneLine } from './supplier.ts';

/** Characters that are gathered before they are handed on. */
const chunkLength = 64 * 1024;

/** One line, or several where the value is a text; nothing where there is no value. */
type Tag = readonly [name: string, value: string | undefined];

/** A document in the tag-value format (SPDX 2.3, 4.4), in chunks of some 64 Ki characters. */
export function* tagValueChunks(document: SpdxDocumentParts): Iterable<string> {
  let text = heading(document);
  for (const section of sections(document)) {
    text += `\n${section}`;
    if (text.length < chunkLength) continue;
    yield text;
    text = '';
  }
  yield text;
}

function* sections(document: SpdxDocumentParts): Iterable<string> {
  for (const pkg of document.packages) yield packageSection(pkg);
  // Before relationships: a parser takes a comment for one of the element it read last.
  for (const license of document.hasExtractedLicensingInfos) yield licenseSection(license);
  for (const relationship of document.relationships) yield relationshipSection(relationship);
}

function heading({ spdxVersion, dataLicense, SPDXID, name, ...rest }: SpdxDocumentParts): string {
  return lines([
    ['SPDXVersion', spdxVersion],
    ['DataLicense', dataLicense],
    ['SPDXID', SPDXID],
    ['DocumentName', asLine(name)],
    ['DocumentNamespace', rest.documentNamespace],
    ['DocumentComment', rest.comment && asText(rest.comment)],
    ...rest.creationInfo.creators.map((creator): Tag => ['Creator', creator]),
    ['Created', rest.creationInfo.created],
  ]);
}

function packageSection(pkg: SpdxPackage): string {
  return lines([
    ['PackageName', asLine(pkg.name)],
    ['SPDXID', pkg.SPDXID],
    ['PackageVersion', pkg.versionInfo && asLine(pkg.versionInfo)],
    ['PackageFileName', pkg.packageFileName && asLine(pkg.packageFileName)],
    ['PackageSupplier', pkg.supplier && asLine(pkg.supplier)],
    ['PackageDownloadLocation', pkg.downloadLocation],
    ['PrimaryPackagePurpose', pkg.primaryPackagePurpose?.replaceAll('_', '-')],
    ['FilesAnalyzed', String(pkg.filesAnalyzed)],
    ...(pkg.checksums ?? []).map(
      ({ algorithm, checksumValue }): Tag => ['PackageChecksum', `${algorithm}: ${checksumValue}`],
    ),
    ['PackageHomePage', pkg.homepage],
    ['PackageSourceInfo', pkg.sourceInfo && asText(pkg.sourceInfo)],
    ['PackageLicenseConcluded', pkg.licenseConcluded],
    ['PackageLicenseDeclared', pkg.licenseDeclared],
    ['PackageLicenseComments', pkg.licenseComments && asText(pkg.licenseComments)],
    ['PackageCopyrightText', pkg.copyrightText],
    ['PackageDescription', pkg.description && asText(pkg.description)],
    ['PackageComment', pkg.comment && asText(pkg.comment)],
    ...(pkg.externalRefs ?? []).map(
      ({ referenceCategory, referenceType, referenceLocator }): Tag => [
        'ExternalRef',
        `${referenceCategory} ${referenceType} ${referenceLocator}`,
      ],
    ),
  ]);
}

function licenseSection({ licenseId, extractedText, name, comment }: SpdxExtractedLicense): string {
  return lines([
    ['LicenseID', licenseId],
    ['ExtractedText', asText(extractedText)],
    ['LicenseName', asLine(name)],
    ['LicenseComment', asText(comment)],
  ]);
}

function relationshipSection(relationship: SpdxRelationship): string {
  const { spdxElementId, relationshipType, relatedSpdxElement, comment } = relationship;
  return lines([
    ['Relationship', `${spdxElementId} ${relationshipType} ${relatedSpdxElement}`],
    ['RelationshipComment', comment && asText(comment)],
  ]);
}

function lines(tags: readonly Tag[]): string {
  let text = '';
  for (const [name, value] of tags) if (value !== undefined && value !== '') text += `${name}: ${value}\n`;
  return text;
}

/** A value on one line; what would begin a text is written as an entity. */
function asLine(value: string): string {
  return oneLine(value).replaceAll('<text>', '&lt;text>');
}

/** A value that may have several lines. What would end it is written as an entity; no other sign has a meaning in it. */
function asText(value: string): string {
  return `<text>${controlFree(value).replaceAll('</text>', '&lt;/text>')}</text>`;
}

/** Without lone surrogates and control characters but line feed and tab. */
function controlFree(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '\u{fffd}');
}
