/** Metrics as a scraper reads them. */
export interface Exposition {
  /** Of what `render` gives, with its version and charset. */
  readonly contentType: string;
  /** The state of now. */
  render(): Promise<string>;
}
