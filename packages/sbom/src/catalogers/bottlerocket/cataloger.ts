import type { Cataloger } from '../../catalog/cataloger.ts';
import { type PackageListFacts, packageListCataloger } from '../package-list.ts';
import { bottlerocketFinding } from './package.ts';
import { parseApplicationInventory } from './parse-application-inventory.ts';

const inventoryName = 'application-inventory.json';
const inventoryPath = `usr/share/bottlerocket/${inventoryName}`;
const maxFileBytes = 16 * 1024 * 1024;

/** What a Bottlerocket image was built from; it keeps an inventory in place of an rpm database. */
export const bottlerocketCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'bottlerocket',
  version: '1',
  description: {
    title: 'Bottlerocket inventory',
    selects: [`**/${inventoryPath}`],
    reads: 'names, versions, releases and architectures of the packages the system was built from',
    emits: ['rpm'],
  },
  select: {
    names: [inventoryName],
    path: (path, kind) =>
      kind !== 'directory' && kind !== 'special' && (path === inventoryPath || path.endsWith(`/${inventoryPath}`)),
    known: [inventoryPath],
  },
  async read(file, context) {
    const inventory = parseApplicationInventory(new TextDecoder().decode(await file.bytes(maxFileBytes)));
    if (inventory === undefined) {
      context.problem('malformed', 'it has no list called Content');
      return undefined;
    }
    const { packages, unreadable } = inventory;
    if (unreadable > 0) context.problem('malformed', `${unreadable} entries without a usable name and version`);
    return packages.map(bottlerocketFinding);
  },
});
