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
