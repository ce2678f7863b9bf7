import { spdxLicenseId } from '../../license/spdx-license-id.ts';

/**
 * Reads Portage's `LICENSE` (PMS 7.3): names that all hold, each given as its SPDX id where that is certain. Where there
 * are groups or alternatives in it, the text stays as it is.
 */
export function parsePortageLicenses(field: string): string[] {
  const text = field.trim().replace(/\s+/g, ' ');
  if (text === '') return [];
  if (/[()|?]/.test(text)) return [text.slice(0, 2_000)];
  const names = text.split(' ').slice(0, 200);
  return Array.from(new Set(names.map((name) => spdxLicenseId(name) ?? name)));
}
