import type { Cataloger } from '../../catalog/cataloger.ts';
import { homebrewFile } from './database-files.ts';
import type { HomebrewFacts } from './facts.ts';
import { homebrewFindings } from './package.ts';
import { parseHomebrewFormula } from './parse-formula.ts';
import { parseHomebrewReceipt } from './parse-receipt.ts';

/** Bytes of one formula or receipt. */
const maxFileBytes = 2 * 1024 * 1024;

/** Formulae that Homebrew installed. */
export const homebrewCataloger: Cataloger<HomebrewFacts> = {
  name: 'homebrew',
  version: '1',
  description: {
    title: 'Homebrew formulae',
    selects: ['**/Cellar/*/*/INSTALL_RECEIPT.json', '**/Cellar/*/*/.brew/*.rb'],
    reads: 'installed formulae, the tap each came from, licences, what each needs to run',
    emits: ['brew'],
  },
  select: {
    names: ['INSTALL_RECEIPT.json'],
    directories: ['.brew'],
    path: (path, kind) => kind !== 'directory' && kind !== 'special' && homebrewFile(path) !== undefined,
  },
  async extract(file) {
    const place = file.kind === 'file' ? homebrewFile(file.path) : undefined;
    if (place === undefined) return undefined;
    const text = new TextDecoder().decode(await file.bytes(maxFileBytes));
    if (place.kind === 'receipt') return { kind: 'receipt', receipt: parseHomebrewReceipt(text) };
    return { kind: 'formula', formula: parseHomebrewFormula(text) };
  },
  assemble: homebrewFindings,
};
