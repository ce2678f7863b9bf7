/** Content descriptor (image-spec, descriptor.md). */
export interface Descriptor {
  /** Media type of what is described. */
  readonly mediaType: string;
  readonly digest: string;
  /** Its length in bytes. */
  readonly size: number;
  readonly urls?: readonly string[] | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** OCI image manifest or Docker schema 2 manifest (image-spec, manifest.md). */
export interface ImageManifest {
  readonly schemaVersion: number;
  readonly mediaType?: string | undefined;
  readonly artifactType?: string | undefined;
  readonly config: Descriptor;
  /** Base layer first. */
  readonly layers: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}
