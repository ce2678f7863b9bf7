import { token } from '../text/json-fields.ts';
import type { DeclaredNuget } from './declared-packages.ts';
import { xmlElements } from './xml-elements.ts';

const items: ReadonlySet<string> = new Set(['packageversion', 'packagereference', 'globalpackagereference']);
/** Properties inside each other's values. */
const maxRounds = 8;
const maxLength = 1_024;

/**
 * Reads the versions that a `Directory.Packages.props` or another MSBuild file of that kind sets for all projects below
 * it. Values that come from other files and ranges of versions say nothing certain and are left out.
 *
 * @returns undefined where the text is no MSBuild project. Never throws.
 */
export function parsePackageVersions(text: string): DeclaredNuget[] | undefined {
  const elements = xmlElements(text);
  if (elements?.at(-1)?.name !== 'project') return undefined;
  const properties = new Map<string, string>();
  for (const { name, values } of elements) {
    if (name === 'propertygroup') for (const [property, value] of values) properties.set(property, value);
  }
  return elements.flatMap(({ name: element, values }) => {
    if (!items.has(element)) return [];
    const stated = values.get('versionoverride') ?? values.get('version') ?? '';
    const name = token(expanded(values.get('include') ?? values.get('update') ?? '', properties));
    const version = exactVersion(expanded(stated, properties));
    return name === undefined || version === undefined ? [] : [{ name, version, dependsOn: [] }];
  });
}

/** Puts in the values of properties, `$(Name)`. */
function expanded(text: string, properties: ReadonlyMap<string, string>): string {
  let value = text;
  for (let round = 0; round < maxRounds && value.includes('$(') && value.length <= maxLength; round += 1) {
    value = value.replaceAll(/\$\(([\w.-]{1,200})\)/g, (whole, name) => properties.get(name.toLowerCase()) ?? whole);
  }
  return value.trim();
}

/** `1.2.3` and `[1.2.3]` are one version; what else NuGet knows are ranges. */
function exactVersion(text: string): string | undefined {
  const version = /^\[([^,\]]+)\]$/.exec(text)?.[1]?.trim() ?? text;
  return /[$,*()[\]]/.test(version) ? undefined : token(version);
}
