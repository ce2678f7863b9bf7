/** What one file of Red Hat's build information says. */
export type RedHatContentFacts =
  | ({ readonly kind: 'manifest' } & ContentManifest)
  /** Labels of the image that this layer was built as. */
  | ({ readonly kind: 'labels' } & ImageLabels);

/** Where the packages of an image come from (Image Content Manifest, version 1). */
export interface ContentManifest {
  /** Names of the repositories, as Red Hat maps them to product streams: `rhel-8-for-x86_64-baseos-rpms`. */
  readonly contentSets: readonly string[];
  /** Index of the layer that this build added to its base, as the manifest counts them. */
  readonly imageLayerIndex?: number;
  /** True where the build says that the package manager's own records are to be trusted instead. */
  readonly fromDnfHint?: boolean;
}

/** What the labels of an image say of its build. */
export interface ImageLabels {
  /** Name of the build, such as `ubi8-container`. */
  readonly component?: string;
  /** Name of the repository, such as `ubi8/ubi`. */
  readonly name?: string;
  readonly version?: string;
  readonly release?: string;
  readonly architecture?: string;
  /** CPE 2.2 URI of the product. */
  readonly cpe?: string;
  readonly vendor?: string;
  readonly summary?: string;
}
