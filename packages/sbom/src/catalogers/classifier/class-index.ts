import type { BinaryClass } from './binary-class.ts';

/** Finds classes by the name of a file. */
export interface ClassIndex {
  /** Names of the texts and scripts that some class knows. */
  readonly textNames: readonly string[];
  classOf(id: string): BinaryClass | undefined;
  /** Classes of a file by its last name, in the order of the table. */
  classesOf(fileName: string, kind: 'text' | 'executable'): readonly BinaryClass[];
}

const none: readonly BinaryClass[] = [];

/** Puts whole names into a table; what is a pattern is tried on names that begin as some pattern does. */
export function createClassIndex(classes: readonly BinaryClass[]): ClassIndex {
  const byId = new Map(classes.map((binaryClass) => [binaryClass.id, binaryClass]));
  const texts = new Map<string, BinaryClass[]>();
  const executables = new Map<string, BinaryClass[]>();
  const patterned: { pattern: RegExp; binaryClass: BinaryClass }[] = [];
  for (const binaryClass of classes) {
    const names = binaryClass.text ? texts : executables;
    for (const file of binaryClass.files) {
      if (typeof file === 'string') names.set(file, [...(names.get(file) ?? []), binaryClass]);
      else patterned.push({ pattern: file, binaryClass });
    }
  }
  return {
    textNames: [...texts.keys()],
    classOf: (id) => byId.get(id),
    classesOf(fileName, kind) {
      if (kind === 'text') return texts.get(fileName) ?? none;
      const name = fileName.endsWith('.exe') ? fileName.slice(0, -4) : fileName;
      const whole = executables.get(name) ?? none;
      const matching = patterned.filter(
        ({ pattern, binaryClass }) => pattern.test(name) && !whole.includes(binaryClass),
      );
      if (matching.length === 0) return whole;
      return [...new Set([...whole, ...matching.map(({ binaryClass }) => binaryClass)])];
    },
  };
}
