import { splitLines } from '../text/read-lines.ts';

/** Characters of one value, which may span lines within `<text>`. */
const maxValueLength = 16 * 1024;
/** Packages, files and relationships together. */
const maxEntries = 500_000;

type Entry = Record<string, unknown>;

interface TagDocument extends Entry {
  readonly packages: Entry[];
  readonly files: Entry[];
  readonly relationships: Entry[];
}

/** Tags whose value is a field of the package, by the name that the JSON form has for it. */
const packageFields: Readonly<Record<string, string>> = {
  SPDXID: 'SPDXID',
  PackageVersion: 'versionInfo',
  PackageSupplier: 'supplier',
  PackageOriginator: 'originator',
  PackageLicenseDeclared: 'licenseDeclared',
  PackageLicenseConcluded: 'licenseConcluded',
  PackageDescription: 'description',
};

/**
 * Reads the tag-value form of SPDX 2 into the shape of its JSON form, as far as packages are concerned. Never throws:
 * what is no tag is passed over.
 */
export function parseSpdxTags(text: string): Readonly<Record<string, unknown>> {
  const document: TagDocument = { packages: [], files: [], relationships: [] };
  let open: Entry | undefined;
  let count = 0;
  eachTag(text, (tag, value) => {
    if (tag === 'PackageName' || tag === 'FileName') {
      open = tag === 'PackageName' ? { name: value, externalRefs: [], checksums: [] } : { fileName: value };
      document[tag === 'PackageName' ? 'packages' : 'files'].push(open);
      count += 1;
    } else if (tag === 'Relationship') {
      const [spdxElementId, relationshipType, relatedSpdxElement] = value.split(/\s+/);
      document.relationships.push({ spdxElementId, relationshipType, relatedSpdxElement });
      count += 1;
    } else if (tag === 'SPDXVersion') document.spdxVersion ??= value;
    else if (/^(?:Snippet|LicenseID|Annotator|Reviewer)/.test(tag)) open = undefined;
    else addToPackage(open, tag, value);
    return count < maxEntries;
  });
  return document;
}

function addToPackage(open: Entry | undefined, tag: string, value: string): void {
  if (open === undefined || !Array.isArray(open.externalRefs) || !Array.isArray(open.checksums)) return;
  if (tag === 'ExternalRef') {
    const [, referenceType, referenceLocator] = value.split(/\s+/);
    open.externalRefs.push({ referenceType, referenceLocator });
  } else if (tag === 'PackageChecksum') {
    const [algorithm, checksumValue] = value.split(/\s*:\s*/);
    open.checksums.push({ algorithm, checksumValue });
  } else if (Object.hasOwn(packageFields, tag)) open[packageFields[tag] ?? tag] ??= value;
}

function eachTag(text: string, onTag: (tag: string, value: string) => boolean): void {
  let [tag, begun]: [string, string | undefined] = ['', undefined];
  splitLines(text, (line) => {
    if (begun !== undefined) {
      const end = line.indexOf('</text>');
      if (begun.length < maxValueLength) begun += `\n${end < 0 ? line : line.slice(0, end)}`;
      if (end < 0) return true;
      const whole = begun;
      begun = undefined;
      return onTag(tag, whole.slice(0, maxValueLength).trim());
    }
    const colon = line.indexOf(':');
    if (colon <= 0 || line.startsWith('#')) return true;
    const value = line.slice(colon + 1, colon + 1 + maxValueLength).trim();
    tag = line.slice(0, colon).trim();
    if (!value.startsWith('<text>')) return onTag(tag, value);
    const end = value.indexOf('</text>');
    if (end >= 0) return onTag(tag, value.slice('<text>'.length, end).trim());
    begun = value.slice('<text>'.length);
    return true;
  });
}
