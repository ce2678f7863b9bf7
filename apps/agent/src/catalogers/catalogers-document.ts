import type { Cataloger } from '@falcon-iar/sbom';
import { availableCatalogers } from './available-catalogers.ts';

/** `docs/catalogers.md`: every cataloger with what it selects, reads and emits. */
export function catalogersDocument(): string {
  const { available, defaults } = availableCatalogers();
  return [
    '# Catalogers',
    '',
    '<!-- Made of the catalogers by `pnpm run docs`; change those. -->',
    '',
    'What is looked for in an image. `iar catalogers` lists the same. `--catalogers` of `iar scan` and `iar run`, or',
    '`IAR_CATALOGERS`, chooses: names for these and no others (`dpkg,npm`), changes to the default (`+nix,-secret`), or',
    '`all`. Those marked “no” in the column “default” have to be asked for.',
    '',
    '| name | default | what | selects | reads | emits |',
    '|---|---|---|---|---|---|',
    ...available.map((cataloger) => row(cataloger, defaults.includes(cataloger.name))),
    '',
  ].join('\n');
}

function row({ name, description }: Cataloger, isDefault: boolean): string {
  const { title = '', selects = [], reads = '', emits = [] } = description ?? {};
  const code = (texts: readonly string[]): string =>
    texts.map((text) => (/\s/.test(text) ? text : `\`${text}\``)).join(', ');
  const cells = [`\`${name}\``, isDefault ? 'yes' : 'no', title, code(selects), reads, code(emits)];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
