import { availableCatalogers } from './available-catalogers.ts';

/** What `iar catalogers` prints: one line each, in columns, the name first. */
export function listCatalogers(): string {
  const { available, defaults } = availableCatalogers();
  const rows = available.map(({ name, version, description }) => [
    name,
    version,
    defaults.includes(name) ? 'default' : '',
    description?.emits.join(',') ?? '',
    description?.title ?? '',
  ]);
  const header = ['NAME', 'VERSION', 'ON', 'EMITS', 'WHAT'];
  const widths = header.map((title, column) =>
    Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0), title.length),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${[header, ...rows].map(line).join('\n')}\n`;
}
