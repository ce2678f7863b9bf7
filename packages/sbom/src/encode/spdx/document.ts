/** A checksum of a package (SPDX 2.3, 7.10). */
export interface SpdxChecksum {
  readonly algorithm: 'MD5' | 'SHA1' | 'SHA256' | 'SHA384' | 'SHA512';
  /** Lower-case hexadecimal. */
  readonly checksumValue: string;
}

/** Where others know a package by (7.21): its package URL, its CPEs. */
export interface SpdxExternalRef {
  readonly referenceCategory: 'PACKAGE-MANAGER' | 'SECURITY';
  readonly referenceType: 'purl' | 'cpe23Type';
  readonly referenceLocator: string;
}

/** A package (7): the image itself, its distribution, what is installed in it, a single file. */
export interface SpdxPackage {
  /** `SPDXRef-` and letters, digits, `.`, `-`; once in a document. */
  readonly SPDXID: string;
  readonly name: string;
  readonly versionInfo?: string;
  /** Absolute path in the image, of a package that is a file. */
  readonly packageFileName?: string;
  /** `Person:` or `Organization:`, a name, and an e-mail address in parentheses where there is one. */
  readonly supplier?: string;
  readonly downloadLocation: 'NOASSERTION';
  readonly filesAnalyzed: false;
  readonly checksums?: readonly SpdxChecksum[];
  readonly homepage?: string;
  /** Where the package was found, and from which source package it was built. */
  readonly sourceInfo?: string;
  readonly licenseConcluded: 'NOASSERTION';
  /** An expression, or `NOASSERTION` where the package states nothing. */
  readonly licenseDeclared: string;
  /** The licences in the words of the package, where the expression has others. */
  readonly licenseComments?: string;
  readonly copyrightText: 'NOASSERTION';
  readonly description?: string;
  readonly comment?: string;
  readonly externalRefs?: readonly SpdxExternalRef[];
  readonly primaryPackagePurpose?: 'CONTAINER' | 'FILE' | 'LIBRARY' | 'OPERATING_SYSTEM';
}

/** A relation of two elements (11.1). */
export interface SpdxRelationship {
  readonly spdxElementId: string;
  readonly relationshipType: 'CONTAINS' | 'DEPENDS_ON' | 'DESCRIBES' | 'OTHER';
  readonly relatedSpdxElement: string;
  readonly comment?: string;
}

/** A licence that is not on the SPDX list (10.1). */
export interface SpdxExtractedLicense {
  /** `LicenseRef-` and letters, digits, `.`, `-`. */
  readonly licenseId: string;
  readonly extractedText: string;
  readonly name: string;
  readonly comment: string;
}

/** Who made the document and when (6.8, 6.9). */
export interface SpdxCreationInfo {
  /** `YYYY-MM-DDThh:mm:ssZ`. */
  readonly created: string;
  readonly creators: readonly string[];
}

/** An SPDX 2.3 document, in the fields that are written here. */
export interface SpdxDocument {
  readonly spdxVersion: 'SPDX-2.3';
  readonly dataLicense: 'CC0-1.0';
  readonly SPDXID: 'SPDXRef-DOCUMENT';
  /** The image's reference. */
  readonly name: string;
  /** An absolute URI without a fragment, of this document alone. */
  readonly documentNamespace: string;
  readonly creationInfo: SpdxCreationInfo;
  /** What could not be read. */
  readonly comment?: string;
  readonly packages: readonly SpdxPackage[];
  readonly relationships: readonly SpdxRelationship[];
  readonly hasExtractedLicensingInfos: readonly SpdxExtractedLicense[];
}

/** The parts of a document, each made when it is asked for, in the order in which they are written. */
export type SpdxDocumentParts = {
  readonly [K in keyof SpdxDocument]: SpdxDocument[K] extends readonly (infer T)[] | undefined
    ? Iterable<T>
    : SpdxDocument[K];
};
