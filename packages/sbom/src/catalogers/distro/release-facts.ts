/** What one release file says of the distribution: os-release(5) names, whichever file they were read from. */
export interface ReleaseFacts {
  readonly id: string;
  readonly idLike?: readonly string[];
  readonly name?: string;
  readonly prettyName?: string;
  readonly versionId?: string;
  readonly versionCodename?: string;
  readonly buildId?: string;
  readonly variantId?: string;
  readonly cpeName?: string;
}

/** What one file says of the distribution. */
export type DistroFacts =
  | { readonly kind: 'release'; readonly release: ReleaseFacts }
  /** Whether updates are taken from the vendor's extended support. */
  | { readonly kind: 'support'; readonly extendedSupport: boolean };
