/** A name-value pair; a name may appear more than once. */
export interface CycloneDxProperty {
  readonly name: string;
  readonly value: string;
}

/** A hash of a component's content. */
export interface CycloneDxHash {
  readonly alg: string;
  /** Hexadecimal. */
  readonly content: string;
}

/** A single licence by SPDX id or by name. */
export interface CycloneDxLicense {
  readonly license: (
    | { readonly id: string; readonly name?: never }
    | { readonly name: string; readonly id?: never }
  ) & { readonly acknowledgement: 'declared' };
}

/** An SPDX expression; where there is one, it stands alone. */
export interface CycloneDxLicenseExpression {
  readonly expression: string;
  readonly acknowledgement: 'declared';
}

/** How a component was recognised, and where it lies. */
export interface CycloneDxEvidence {
  readonly identity?: readonly {
    readonly field: 'purl';
    /** 0 to 1. */
    readonly confidence: number;
    readonly methods: readonly {
      readonly technique: 'manifest-analysis' | 'binary-analysis';
      readonly confidence: number;
      /** The file that was read. */
      readonly value: string;
    }[];
  }[];
  readonly occurrences?: readonly { readonly location: string }[];
}

/** A place that tells more of a component. */
export interface CycloneDxExternalReference {
  readonly type: 'website' | 'vcs';
  readonly url: string;
}

/** A component, in the fields that are written here. */
export interface CycloneDxComponent {
  readonly type: 'application' | 'container' | 'file' | 'library' | 'machine-learning-model' | 'operating-system';
  readonly 'bom-ref'?: string;
  readonly supplier?: { readonly name: string };
  readonly group?: string;
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  /** `optional`: not installed, only named by a lock file or manifest. Absent means `required`. */
  readonly scope?: 'optional';
  readonly hashes?: readonly CycloneDxHash[];
  readonly licenses?: readonly CycloneDxLicense[] | readonly [CycloneDxLicenseExpression];
  readonly cpe?: string;
  readonly purl?: string;
  readonly externalReferences?: readonly CycloneDxExternalReference[];
  readonly evidence?: CycloneDxEvidence;
  readonly properties?: readonly CycloneDxProperty[];
}

/** What one component needs directly; absent where it is known to need nothing. */
export interface CycloneDxDependency {
  readonly ref: string;
  readonly dependsOn?: readonly string[];
}

/** A statement on how complete the document is. */
export interface CycloneDxComposition {
  readonly aggregate: 'incomplete';
  readonly assemblies: readonly string[];
}

/** What the document says of itself. */
export interface CycloneDxMetadata {
  /** RFC 3339. */
  readonly timestamp?: string;
  readonly tools: { readonly components: readonly CycloneDxComponent[] };
  /** The image. */
  readonly component: CycloneDxComponent;
  readonly properties: readonly CycloneDxProperty[];
}

/** A CycloneDX 1.6 document (ECMA-424), in the fields that are written here. */
export interface CycloneDxDocument {
  readonly $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json';
  readonly bomFormat: 'CycloneDX';
  readonly specVersion: '1.6';
  /** `urn:uuid:` and a UUID. */
  readonly serialNumber: string;
  readonly version: 1;
  readonly metadata: CycloneDxMetadata;
  readonly components: readonly CycloneDxComponent[];
  readonly dependencies: readonly CycloneDxDependency[];
  readonly compositions?: readonly CycloneDxComposition[];
}
