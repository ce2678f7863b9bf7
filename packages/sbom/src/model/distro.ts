/** The Linux distribution of an image, as its release files state it (os-release(5) names, values as written). */
export interface Distro {
  /** `ID`, lower case, such as `debian`, `alpine`, `rhel`. */
  readonly id: string;
  /** `ID_LIKE`, split at white space. */
  readonly idLike?: readonly string[];
  /** `NAME`, such as `Debian GNU/Linux`. */
  readonly name?: string;
  /** `PRETTY_NAME`. */
  readonly prettyName?: string;
  /** `VERSION_ID`; rolling and testing releases have none. */
  readonly versionId?: string;
  /** `VERSION_CODENAME`, such as `bookworm`. */
  readonly versionCodename?: string;
  /** `BUILD_ID`, for rolling releases. */
  readonly buildId?: string;
  /** `VARIANT_ID`. */
  readonly variantId?: string;
  /** `CPE_NAME`. */
  readonly cpeName?: string;
  /**
   * Whether packages come from the vendor's extended support (Ubuntu Pro, ESM), so that their versions are others than the
   * public archive has. Absent where no file says.
   */
  readonly extendedSupport?: boolean;
  /** The file the facts come from: its real path, relative to the image root. */
  readonly path: string;
  /** Index of the layer that holds that file, 0 = lowest. */
  readonly layer: number;
}
