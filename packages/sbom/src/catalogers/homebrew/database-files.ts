/** A file of a Homebrew keg by its place in it. */
export interface HomebrewFile {
  readonly kind: 'receipt' | 'formula';
  /** Directory of all that is installed: `home/linuxbrew/.linuxbrew/Cellar`. */
  readonly cellar: string;
  /** Directory of one version of one formula. */
  readonly keg: string;
  readonly name: string;
  /** With the revision: `3.3.1_1`. */
  readonly version: string;
}

const inKeg = /^(((?:.*\/)?Cellar)\/([^/]+)\/([^/]+))\/(?:(INSTALL_RECEIPT\.json)|\.brew\/([^/]+)\.rb)$/;

/**
 * Recognises what Homebrew keeps of a formula in its keg: the receipt of its installation, and the formula.
 *
 * @param path - Relative to the image root.
 */
export function homebrewFile(path: string): HomebrewFile | undefined {
  const [, keg, cellar, name, version, receipt] = inKeg.exec(path) ?? [];
  if (keg === undefined || cellar === undefined || name === undefined || version === undefined) return undefined;
  return { kind: receipt === undefined ? 'formula' : 'receipt', cellar, keg, name, version };
}
