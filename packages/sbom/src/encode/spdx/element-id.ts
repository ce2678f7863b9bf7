import { hash } from 'node:crypto';

/** Characters of the readable part of an id. */
const maxLabelLength = 60;

/** The id of the document itself. */
export const documentId = 'SPDXRef-DOCUMENT';
/** The id of the image. */
export const imageId = 'SPDXRef-Image';
/** The id of the distribution. */
export const distroId = 'SPDXRef-OperatingSystem';

/**
 * The SPDX id of an element (SPDX 2.3, 7.2): readable by its label, unique by its key.
 *
 * @param label - any text; what an id cannot hold becomes `-`
 * @param key - differs where elements of a kind differ
 */
export function elementId(kind: 'Package' | 'File' | 'Model', label: string, key: string): string {
  return `SPDXRef-${kind}-${idString(label)}-${shortHash(key)}`;
}

/** The id of a licence that is not on the SPDX list, the same for the same text. */
export function licenseRef(text: string): string {
  return `LicenseRef-${idString(text)}-${shortHash(text)}`;
}

function idString(label: string): string {
  return label
    .slice(0, maxLabelLength)
    .replace(/[^A-Za-z0-9.]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** 80 bits: paths and names are the image's choice, so no two of them may be made to meet. */
function shortHash(key: string): string {
  return hash('sha256', key, 'hex').slice(0, 20);
}
