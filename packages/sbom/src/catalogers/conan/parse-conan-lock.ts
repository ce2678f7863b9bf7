import { entriesOf, field, isFields, itemsOf, parseJson, token } from '../text/json-fields.ts';
import { type ConanReference, parseConanReference } from './parse-reference.ts';

/** A package that a lock file of Conan pins. */
export interface LockedConan extends ConanReference {
  /** Its name within the file: the number of its node, or its place in the list. */
  readonly node: string;
  /** Nodes that it needs. */
  readonly requires: readonly string[];
  /** What it is for, where not for the program itself. */
  readonly use?: 'build' | 'python';
}

/**
 * Reads a `conan.lock`: the graph of Conan 1 (versions 0.1 to 0.4) or the lists of Conan 2 (0.5).
 *
 * @returns undefined where the text is none. Never throws.
 */
export function parseConanLock(text: string): LockedConan[] | undefined {
  const document = parseJson(text);
  const nodes = field(field(document, 'graph_lock'), 'nodes');
  if (isFields(nodes)) return entriesOf(nodes).flatMap(([node, entry]) => nodeOf(node, entry));
  if (!isFields(document) || token(field(document, 'version')) === undefined) return undefined;
  const lists = ['requires', 'build_requires', 'python_requires'] as const;
  return lists.flatMap((list) =>
    itemsOf(field(document, list)).flatMap((entry, index) => {
      const reference = typeof entry === 'string' ? parseConanReference(entry) : undefined;
      if (reference === undefined) return [];
      const use =
        list === 'requires' ? {} : { use: list === 'build_requires' ? ('build' as const) : ('python' as const) };
      return [{ ...reference, node: `${list} ${index}`, requires: [], ...use }];
    }),
  );
}

function nodeOf(node: string, entry: unknown): LockedConan[] {
  const stated = token(field(entry, 'ref')) ?? token(field(entry, 'pref'));
  const reference = stated === undefined ? undefined : parseConanReference(stated);
  if (reference === undefined) return [];
  const requires = itemsOf(field(entry, 'requires')).flatMap((other) => token(other) ?? []);
  const [packageId, packageRevision] = [token(field(entry, 'package_id')), token(field(entry, 'prev'))];
  return [
    {
      ...reference,
      ...(packageId !== undefined && { packageId }),
      ...(packageRevision !== undefined && { packageRevision }),
      ...{ node, requires },
      ...(field(entry, 'context') === 'build' && { use: 'build' as const }),
    },
  ];
}
