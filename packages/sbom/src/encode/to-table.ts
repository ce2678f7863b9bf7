import type { Inventory } from '../model/inventory.ts';
import { comparePaths } from '../model/order.ts';
import type { Package } from '../model/package.ts';
import { displayName } from './display-name.ts';
import { printable } from './printable.ts';

/**
 * A column of the table. `layer` is the index of the layer that shows the package, `path` the file that proves it; of a
 * package in several places both are those of the first.
 */
export type TableColumn = 'name' | 'version' | 'type' | 'architecture' | 'layer' | 'path' | 'purl';

/** How to write the table. */
export interface TableOptions {
  /** Default `name`, `version`, `type`. */
  readonly columns?: readonly TableColumn[];
  /** Packages to show; what is left out is counted in a last line. Default: all. */
  readonly maxRows?: number;
  /**
   * Whether to show what was recognised in binaries that all belong to OS packages, which have their own lines. Default
   * false: it is counted in a last line.
   */
  readonly showOwned?: boolean;
}

const cells: Readonly<Record<TableColumn, (pkg: Package) => string>> = {
  name: displayName,
  version: ({ version }) => version,
  type: ({ type }) => type,
  architecture: ({ architecture }) => architecture ?? '',
  layer: ({ occurrences }) => String(occurrences[0]?.layer ?? ''),
  path: ({ occurrences }) => (occurrences[0] === undefined ? '' : `/${occurrences[0].path}`),
  purl: ({ purl }) => purl,
};

/** Characters; a longer cell pushes its own line aside, not the whole table. */
const maxColumnWidth = 60;

/**
 * The packages as a table for people: one line each, however many places it lies in, sorted by name, with a heading
 * and a line feed at the end. Nothing that an image is named by reaches the terminal as a control character.
 */
export function toTable(inventory: Inventory, options: TableOptions = {}): string {
  const { columns = ['name', 'version', 'type'], maxRows = Number.POSITIVE_INFINITY } = options;
  const visible = options.showOwned ? inventory.packages : inventory.packages.filter((pkg) => !isOwnedBinary(pkg));
  const sorted = visible
    .map((pkg) => ({ pkg, name: displayName(pkg) }))
    .sort(
      (a, b) =>
        comparePaths(a.name, b.name) ||
        comparePaths(a.pkg.version, b.pkg.version) ||
        comparePaths(a.pkg.type, b.pkg.type) ||
        comparePaths(a.pkg.id, b.pkg.id),
    );
  const shown = sorted.slice(0, maxRows).map(({ pkg }) => columns.map((column) => printable(cells[column](pkg))));
  const rows = [columns.map((column) => column.toUpperCase()), ...shown];
  const widths = columns.map((_, index) =>
    rows.reduce((width, row) => Math.max(width, Math.min(row[index]?.length ?? 0, maxColumnWidth)), 0),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const left = sorted.length - shown.length;
  if (left > 0) lines.push(`… and ${left} more`);
  const owned = inventory.packages.length - visible.length;
  if (owned > 0) lines.push(`… and ${owned} recognised in binaries of OS packages`);
  return `${lines.join('\n')}\n`;
}

/** A program that an OS package brought is shown by that package. */
function isOwnedBinary(pkg: Package): boolean {
  return pkg.class === 'binary' && pkg.occurrences.every(({ ownedBy }) => ownedBy !== undefined);
}
