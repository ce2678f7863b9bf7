import fc from 'fast-check';

/** One entry of a layer's archive; a marker is told by its name. */
export interface LayerItem {
  readonly name: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'link';
  readonly linkname?: string;
}

/** The entries of each layer, the lowest first. */
export type LayerStackItems = readonly (readonly LayerItem[])[];

/** So few that layers collide all the time. */
const names = ['a', 'b', 'c'] as const;
const name = fc.constantFrom(...names);

/** Every path of up to three of the names. */
export const knownPaths: readonly string[] = names.flatMap((first) => [
  first,
  ...names.flatMap((second) => [`${first}/${second}`, ...names.map((third) => `${first}/${second}/${third}`)]),
]);

const path = fc.oneof(
  { weight: 3, arbitrary: name },
  { weight: 5, arbitrary: fc.tuple(name, name).map((parts) => parts.join('/')) },
  { weight: 3, arbitrary: fc.tuple(name, name, name).map((parts) => parts.join('/')) },
);

/** Absolute, relative, too far up, with odd slashes and dots. */
const linkTarget = fc.oneof(
  { weight: 3, arbitrary: name },
  { weight: 2, arbitrary: path.map((target) => `/${target}`) },
  { weight: 3, arbitrary: path.map((target) => `../${target}`) },
  { weight: 1, arbitrary: path.map((target) => `../../../${target}`) },
  { weight: 1, arbitrary: fc.constantFrom('.', '..', '/', './/a/', 'b/.', 'a/../c', 'gone', '../b/..') },
);

const item: fc.Arbitrary<LayerItem> = fc.oneof(
  { weight: 7, arbitrary: path.map((name) => ({ name, type: 'file' as const })) },
  { weight: 5, arbitrary: path.map((name) => ({ name: `${name}/`, type: 'directory' as const })) },
  { weight: 4, arbitrary: fc.record({ name: path, type: fc.constant('symlink' as const), linkname: linkTarget }) },
  { weight: 2, arbitrary: fc.record({ name: path, type: fc.constant('link' as const), linkname: path }) },
  { weight: 3, arbitrary: path.map((removed) => ({ name: markerOf(removed), type: 'file' as const })) },
  {
    weight: 1,
    arbitrary: fc.oneof(path, fc.constant('.')).map((dir) => ({ name: `${dir}/.wh..wh..opq`, type: 'file' as const })),
  },
);

/** Random layers; what of them no runtime could unpack is for the unpacking to leave out. */
export const layerStacks: fc.Arbitrary<LayerStackItems> = fc.array(fc.array(item, { maxLength: 10 }), {
  minLength: 2,
  maxLength: 5,
});

function markerOf(path: string): string {
  const slash = path.lastIndexOf('/') + 1;
  return `${path.slice(0, slash)}.wh.${path.slice(slash)}`;
}
