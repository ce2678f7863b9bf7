import type { Cataloger } from '../catalog/cataloger.ts';
import { SbomError } from '../sbom-error.ts';

/** What {@link chooseCatalogers} chooses from. */
export interface CatalogerChoices {
  readonly available: readonly Cataloger[];
  /** Names of those that a choice of changes begins with. */
  readonly defaults: readonly string[];
}

/**
 * Reads a choice as people write it: names (`dpkg,npm`: these and no others), or changes to the default (`+nix,-secret`),
 * or `all`, which changes may follow. Nothing at all is the default.
 *
 * @returns in the order of those available
 * @throws SbomError `UNKNOWN_CATALOGER` for a name that nobody has, and for names among changes or after `all`
 */
export function chooseCatalogers(choice: readonly string[], { available, defaults }: CatalogerChoices): Cataloger[] {
  const known = new Set(available.map(({ name }) => name));
  const [first, ...rest] = choice;
  const changes = first === 'all' ? rest : choice;
  const onlyChanges = changes.every((item) => /^[+-]/.test(item));
  if (first === 'all' && !onlyChanges) throw mixed(choice);
  const chosen = new Set(first === 'all' ? known : onlyChanges ? defaults : []);
  for (const item of changes) {
    const change = /^[+-]/.test(item);
    if (change !== onlyChanges) throw mixed(choice);
    const name = change ? item.slice(1) : item;
    if (!known.has(name)) throw unknown(name, known);
    if (item.startsWith('-')) chosen.delete(name);
    else chosen.add(name);
  }
  return available.filter(({ name }) => chosen.has(name));
}

function unknown(name: string, known: ReadonlySet<string>): SbomError {
  return new SbomError('UNKNOWN_CATALOGER', `no cataloger is called '${name}'; there are ${[...known].join(', ')}`);
}

function mixed(choice: readonly string[]): SbomError {
  const text = choice.join(',');
  return new SbomError(
    'UNKNOWN_CATALOGER',
    `'${text}': name the catalogers, or change the default with + and -, not both`,
  );
}
