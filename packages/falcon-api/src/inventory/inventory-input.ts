/**
 * What `toFalconInventory` needs to know of an image. Paths are relative to the image root, layers are indexes with
 * 0 = lowest, digests are `algorithm:hex`, sizes are bytes.
 */
export interface InventoryInput {
  readonly subject: InputSubject;
  /** Lowest first. */
  readonly layers: readonly InputLayer[];
  readonly distro?: InputDistro | undefined;
  readonly packages: readonly InputPackage[];
  readonly files: readonly InputFile[];
  readonly models: readonly InputModel[];
  readonly secrets: readonly InputSecret[];
  readonly whiteouts: readonly InputWhiteout[];
}

/** The image. */
export interface InputSubject {
  /** Reference with its registry, such as `ghcr.io/acme/shop:1.2`. */
  readonly reference: string;
  /** Digest that identifies the image, as a rule that of its platform manifest. */
  readonly digest: string;
  readonly indexDigest?: string | undefined;
  readonly configDigest: string;
  readonly platform: {
    readonly os: string;
    readonly architecture: string;
    readonly variant?: string | undefined;
    /** Windows alone: the build. */
    readonly osVersion?: string | undefined;
  };
  /** Manifest document: OCI image-spec, or Docker schema 2. */
  readonly manifest: object;
  /** Image config document. */
  readonly config: object;
}

/** A layer, with what the history says of it. */
export interface InputLayer {
  /** Of the blob as stored. */
  readonly digest: string;
  /** Of the uncompressed content. */
  readonly diffId?: string | undefined;
  readonly mediaType: string;
  /** Of the blob as stored. */
  readonly size: number;
  /** RFC 3339. */
  readonly createdAt?: string | undefined;
  readonly createdBy?: string | undefined;
}

/** The distribution, in os-release's terms. */
export interface InputDistro {
  readonly id: string;
  readonly name?: string | undefined;
  readonly versionId?: string | undefined;
  readonly versionCodename?: string | undefined;
  readonly buildId?: string | undefined;
  /** Windows alone, as its registry has it, such as `22H2`. */
  readonly displayVersion?: string | undefined;
  /** Windows alone, such as `ServerDatacenter`. */
  readonly editionId?: string | undefined;
  /** Windows alone, such as `Server Core`. */
  readonly installType?: string | undefined;
  readonly layer: number;
}

/** A package. */
export interface InputPackage {
  /** purl type. */
  readonly type: string;
  readonly class: 'os' | 'language' | 'binary';
  readonly scope: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  /** Full version, with epoch and release. */
  readonly version: string;
  readonly architecture?: string | undefined;
  /** The source package, where it differs. */
  readonly source?: { readonly name: string; readonly version?: string | undefined } | undefined;
  readonly licenses: readonly string[];
  readonly hashes?: readonly { readonly algorithm: string; readonly content: string }[] | undefined;
  /** Sorted by path. */
  readonly occurrences: readonly InputOccurrence[];
  /** Of these `status` and `installedAt`, both texts, have a place in the upload body. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** One place of a package. */
export interface InputOccurrence {
  readonly path: string;
  /** The first layer that has the package at this version. */
  readonly introducedIn: number;
}

/** A hashed file. */
export interface InputFile {
  readonly path: string;
  readonly layer: number;
  /** `elf` or anything else. */
  readonly format: string;
  readonly size: number;
  /** Permission bits with set-id and sticky. */
  readonly mode: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A machine-learning model file. */
export interface InputModel {
  readonly path: string;
  readonly layer: number;
  readonly format: string;
  readonly size: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A string that looks like a secret, without its clear text. */
export interface InputSecret {
  readonly path: string;
  readonly layer: number;
  /** 1 = first. */
  readonly line: number;
  readonly rule: string;
  readonly name?: string | undefined;
  readonly hash: string;
  readonly masked: string;
}

/** A path that a layer takes away from those below. */
export interface InputWhiteout {
  readonly path: string;
}
