import type { LayerItem, LayerStackItems } from './overlay-stacks.ts';

/** Stacks of layers, each of which makes one rule of image-spec, layer.md visible. */
export const layerStackCases: Readonly<Record<string, LayerStackItems>> = stacksOf({
  'files that are added and replaced': [
    ['d/', 'd/a', 'b'],
    ['d/', 'd/c', 'b'],
  ],
  'a file that is removed': [
    ['d/', 'd/a', 'd/b'],
    ['d/', 'd/.wh.a'],
  ],
  'a directory that is removed with all below it': [['d/', 'd/s/', 'd/s/a', 'e'], ['.wh.d']],
  'everything removed': [['a', 'd/', 'd/b', 'l -> a'], ['.wh.a', '.wh.d', '.wh.l'], ['z']],
  'something removed and written again by a third layer': [['d/', 'd/a', 'd/b'], ['.wh.d'], ['d/', 'd/b']],
  'an opaque directory, its marker first': [
    ['d/', 'd/a', 'd/s/', 'd/s/b'],
    ['d/', 'd/.wh..wh..opq', 'd/c'],
  ],
  'an opaque directory, its marker last': [
    ['d/', 'd/a', 'd/s/', 'd/s/b'],
    ['d/', 'd/c', 'd/.wh..wh..opq'],
  ],
  'an opaque directory in an opaque directory': [
    ['d/', 'd/s/', 'd/s/a'],
    ['d/', 'd/.wh..wh..opq', 'd/s/', 'd/s/.wh..wh..opq', 'd/s/b'],
  ],
  'a directory that becomes a file': [['d/', 'd/a'], ['d']],
  'a directory that becomes a link': [['d/', 'd/a', 'e/', 'e/b'], ['d -> e']],
  'a file that becomes a directory': [['d'], ['d/', 'd/a']],
  'a directory that becomes a file and a directory again': [['d/', 'd/a'], ['d'], ['d/', 'd/b']],
  'an entry below a link of a lower layer': [['usr/', 'usr/lib/', 'usr/lib/a', 'lib -> usr/lib'], ['lib/b']],
  'an entry below a link of its own layer': [
    ['usr/', 'usr/lib/', 'usr/lib/a'],
    ['lib -> usr/lib', 'lib/b'],
  ],
  'a marker below a link of its own layer': [
    ['usr/', 'usr/a', 'usr/b'],
    ['l -> usr', 'l/.wh.a'],
  ],
  'directories without entries of their own': [['d/a'], ['d/s/b', 'e/f/.wh.gone']],
  'a hard link within a layer, its first name removed above': [
    ['d/', 'd/a', 'b => d/a'],
    ['d/', 'd/.wh.a'],
  ],
  'a hard link to a symbolic link': [['a', 'l -> a', 'h => l'], ['b']],
  'a whiteout in front of the file that its own layer writes anew': [['a'], ['.wh.a', 'a']],
  'a whiteout of nothing': [['a'], ['.wh.gone', 'd/.wh.gone']],
  'names with a dot in front': [
    ['./d/', './d/a', './b'],
    ['./.wh.b', './d/./c'],
  ],
  'a path that comes twice in an archive, first as a file': [['x'], ['d', 'd/', 'd/a']],
  'a path that comes twice in an archive, first as a directory': [['x'], ['d/', 'd/a', 'd']],
});

/** A stack on which the specification and runtimes on overlayfs do not agree. */
export interface DisputedStack {
  readonly layers: LayerStackItems;
  /** What the specification says is there. */
  readonly specified: Readonly<Record<string, string>>;
  /** What is there with containerd, or how its refusal reads. */
  readonly unpacked: Readonly<Record<string, string>> | RegExp;
}

const directory = 'directory';

/**
 * Where containerd 1.6 on overlayfs departs from image-spec, layer.md, and why.
 */
export const disputedStacks: Readonly<Record<string, DisputedStack>> = {
  // overlayfs looks for the mark of opaque directories at every directory but the topmost of a layer.
  'an opaque root': {
    layers: stackOf([
      ['a', 'd/', 'd/b'],
      ['.wh..wh..opq', 'c'],
    ]),
    specified: { c: '1 c' },
    unpacked: { a: '0 a', c: '1 c', d: directory, 'd/b': '0 b' },
  },
  // A layer is unpacked where those below it are not to be seen, and the target of the link is not there.
  'a hard link to a file of a lower layer': {
    layers: stackOf([['a'], ['b => a']]),
    specified: { a: '0 a', b: '0 a' },
    unpacked: /link .*no such file or directory/,
  },
  // The whiteout becomes a device, in whose place the directory is put: nothing is left of the removal.
  'a whiteout in front of the directory that its own layer makes anew': {
    layers: stackOf([
      ['d/', 'd/a'],
      ['.wh.d', 'd/', 'd/b'],
    ]),
    specified: { d: directory, 'd/b': '1 b' },
    unpacked: { d: directory, 'd/a': '0 a', 'd/b': '1 b' },
  },
  // The device cannot be made where something is.
  'a whiteout behind the directory that its own layer makes anew': {
    layers: stackOf([
      ['d/', 'd/a'],
      ['d/', 'd/b', '.wh.d'],
    ]),
    specified: { d: directory, 'd/b': '1 b' },
    unpacked: /convert whiteout file ".wh.d": file exists/,
  },
  'a whiteout behind the file that its own layer writes anew': {
    layers: stackOf([['a'], ['a', '.wh.a']]),
    specified: { a: '1 a' },
    unpacked: /convert whiteout file ".wh.a": file exists/,
  },
  // Files are left out, directories and what lies in them are not.
  'bookkeeping of aufs': {
    layers: stackOf([['a'], ['.wh..wh.aufs', '.wh..wh.plnk/', '.wh..wh.plnk/x', 'b']]),
    specified: { a: '0 a', b: '1 b' },
    unpacked: { '.wh..wh.plnk': directory, '.wh..wh.plnk/x': '1 x', a: '0 a', b: '1 b' },
  },
};

function stacksOf(cases: Readonly<Record<string, readonly (readonly string[])[]>>): Record<string, LayerStackItems> {
  return Object.fromEntries(Object.entries(cases).map(([name, layers]) => [name, stackOf(layers)]));
}

/** An entry in short: `dir/` is a directory, `a -> b` a symbolic and `a => b` a hard link, anything else a file. */
function stackOf(layers: readonly (readonly string[])[]): LayerStackItems {
  return layers.map((layer) => layer.map(itemOf));
}

function itemOf(text: string): LayerItem {
  const [name = '', arrow, linkname = ''] = text.split(' ');
  if (arrow === '->') return { name, type: 'symlink', linkname };
  if (arrow === '=>') return { name, type: 'link', linkname };
  return { name, type: name.endsWith('/') ? 'directory' : 'file' };
}
