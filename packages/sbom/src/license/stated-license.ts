import { isSpdxExpression, spdxExpression } from './spdx-expression.ts';
import { isSpdxId } from './spdx-ids.ts';

/** A licence as a package states it, with its meaning where that is certain. */
export interface StatedLicense {
  /** The text as stated, without white space around it. */
  readonly stated: string;
  /** The same as an SPDX expression; absent where no one can say for certain. */
  readonly expression?: string;
}

/** Reads what packages state. Many state the same, so what was read once is kept as long as the reader is. */
export type LicenseReader = (texts: readonly string[]) => readonly StatedLicense[];

/** Makes a reader for one document. It leaves out what is empty or repeats another text. */
export function createLicenseReader(): LicenseReader {
  const known = new Map<string, StatedLicense>();
  const read = (text: string): StatedLicense => {
    const stated = text.trim();
    let license = known.get(stated);
    if (license === undefined) {
      license = readLicense(stated);
      known.set(stated, license);
    }
    return license;
  };
  return (texts) => Array.from(new Set(texts.map(read))).filter(({ stated }) => stated !== '');
}

/** Reads one statement; what already is an SPDX id or expression stays as it is. */
export function readLicense(text: string): StatedLicense {
  const stated = text.trim();
  const expression = isSpdxId(stated) || isSpdxExpression(stated) ? stated : spdxExpression(stated);
  return { stated, ...(expression !== undefined && { expression }) };
}
