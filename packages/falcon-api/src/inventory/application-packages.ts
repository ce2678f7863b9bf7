import { FalconError } from '../falcon-error.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { ApplicationLibrary, ApplicationPackageInfo } from '../wire/application-package-info.ts';
import { isAiLibrary } from './ai-libraries.ts';
import { applicationPackageTypes } from './application-package-types.ts';
import type { InputLayer, InputOccurrence, InputPackage, InventoryInput } from './inventory-input.ts';
import { layerPosition, rootedPath } from './layer-position.ts';
import { preferredHash } from './os-packages.ts';

/** The largest `int32`. */
const maxType = 2 ** 31 - 1;

/**
 * The language packages and those recognised in binaries: one entry per type number, ascending, with one library for
 * each place of each package, sorted by name, version and path.
 *
 * @throws FalconError `OPTIONS_INVALID` where a number of `types` is no `int32`.
 */
export function toApplicationPackages(
  { packages, layers }: InventoryInput,
  types: Readonly<Record<string, number>> = {},
): readonly ApplicationPackageInfo[] {
  const numbers = checkTypes({ ...applicationPackageTypes, ...types });
  const found = packages
    .filter((each) => each.class !== 'os')
    .flatMap((each) => {
      const type = Object.hasOwn(numbers, each.type) ? numbers[each.type]! : 0;
      return each.occurrences.map((occurrence) => ({ type, library: toLibrary(each, occurrence, layers) }));
    });
  return [...Map.groupBy(found, ({ type }) => type)]
    .sort(([a], [b]) => a - b)
    .map(([type, group]) => ({ libraries: group.map(({ library }) => library).sort(compareLibraries), type }));
}

function toLibrary(
  from: InputPackage,
  { path, introducedIn }: InputOccurrence,
  layers: readonly InputLayer[],
): ApplicationLibrary {
  return omitUndefined({
    Hash: preferredHash(from),
    ...layerPosition(layers, introducedIn),
    License: from.licenses.length === 0 ? undefined : from.licenses.join(', '),
    Name: libraryName(from),
    Path: rootedPath(path),
    Version: from.version,
    ai_related: isAiLibrary(from.type, libraryName(from)) ? true : undefined,
  });
}

/** The name with its namespace, as its ecosystem writes it. */
function libraryName({ type, namespace, name }: InputPackage): string {
  if (namespace === undefined || namespace === '') {
    return name;
  }
  return `${namespace}${type === 'maven' ? ':' : '/'}${name}`;
}

function compareLibraries(a: ApplicationLibrary, b: ApplicationLibrary): number {
  return compareTexts(a.Name, b.Name) || compareTexts(a.Version, b.Version) || compareTexts(a.Path, b.Path);
}

/** By code unit, so that no locale changes the order. */
function compareTexts(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function checkTypes(types: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  for (const [type, number] of Object.entries(types)) {
    if (!Number.isInteger(number) || Math.abs(number) > maxType) {
      throw new FalconError('OPTIONS_INVALID', `applicationPackageTypes.${type}: not an int32`);
    }
  }
  return types;
}
