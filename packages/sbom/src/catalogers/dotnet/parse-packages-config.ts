import { token } from '../text/json-fields.ts';
import type { DeclaredNuget } from './declared-packages.ts';
import { xmlElements } from './xml-elements.ts';

/**
 * Reads a `packages.config`, the list of packages of older .NET projects.
 *
 * @returns undefined where the text is none. Never throws.
 */
export function parsePackagesConfig(text: string): DeclaredNuget[] | undefined {
  const elements = xmlElements(text);
  if (elements?.at(-1)?.name !== 'packages') return undefined;
  return elements.flatMap(({ name: element, values }) => {
    const [name, version] = [token(values.get('id')), token(values.get('version'))];
    if (element !== 'package' || name === undefined || version === undefined) return [];
    const framework = token(values.get('targetframework'));
    return [
      {
        ...{ name, version, dependsOn: [] },
        ...(values.get('developmentdependency')?.toLowerCase() === 'true' && { dev: true as const }),
        ...(framework !== undefined && { frameworks: [framework] }),
      },
    ];
  });
}
