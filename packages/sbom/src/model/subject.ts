/** A platform as the OCI image-spec names it. */
export interface SubjectPlatform {
  /** `linux`, `windows`. */
  readonly os: string;
  /** Go's name of it: `amd64`, `arm64`. */
  readonly architecture: string;
  /** Variant of the CPU, such as `v8`. */
  readonly variant?: string;
  /** Windows alone: the build. */
  readonly osVersion?: string;
}

/** One layer of the image that is described, lowest first. */
export interface SubjectLayer {
  /** `algorithm:hex` of the blob as stored (compressed, where it is). */
  readonly digest: string;
  /** `algorithm:hex` of the uncompressed tar; from the config where nobody verified it. */
  readonly diffId?: string;
  /** Media type of the blob as the manifest has it. */
  readonly mediaType: string;
  /** Bytes of the blob as stored. */
  readonly size: number;
}

/** The image an inventory describes, as its source resolved it. */
export interface ImageSubject {
  /** Reference as asked for, in its canonical form. */
  readonly reference: string;
  /** Digest that identifies the image: of its platform manifest, or of its config where no manifest exists. */
  readonly digest: string;
  /** Which of the two `digest` is of. */
  readonly identity: 'manifest' | 'config';
  /** Digest of the index it was chosen from. */
  readonly indexDigest?: string;
  /** `algorithm:hex` of the config. */
  readonly configDigest: string;
  /** What it was built for. */
  readonly platform: SubjectPlatform;
  /** Manifest document (OCI image-spec manifest or Docker schema 2). */
  readonly manifest: object;
  /** True where the source keeps no manifest and ours was made from what it does keep. */
  readonly synthesized: boolean;
  /** Image config document (OCI image-spec config). */
  readonly config: object;
  /** Lowest first. */
  readonly layers: readonly SubjectLayer[];
}
