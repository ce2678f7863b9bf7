/** Fills the properties of a project into its texts. */
export interface PomProperties {
  /**
   * The text with every `${name}` replaced.
   * @returns undefined where one stays open, or where the outcome is longer than any name
   */
  fill(text: string): string | undefined;
}

/** Properties within properties. */
const maxDepth = 16;
/** Characters of one outcome, so that properties that double each other stay harmless. */
const maxLength = 8_192;

/**
 * @param project - Texts of the project by path below `project`, and its properties.
 */
export function createPomProperties(project: {
  readonly fields: ReadonlyMap<string, string>;
  readonly properties: ReadonlyMap<string, string>;
}): PomProperties {
  const known = new Map<string, string | undefined>();
  const stated = (name: string): string | undefined => {
    const property = project.properties.get(name);
    if (property !== undefined) return property;
    // `pom.` and no prefix at all are what older Maven took as well.
    const path = name.replace(/^(?:project|pom)\./, '').replaceAll('.', '/');
    return project.fields.get(path) ?? project.fields.get(inherited.has(path) ? `parent/${path}` : path);
  };
  const value = (name: string, depth: number): string | undefined => {
    if (known.has(name)) return known.get(name);
    // Until it is known, so that circles end.
    known.set(name, undefined);
    const text = stated(name);
    const filled = text === undefined ? undefined : fill(text, depth);
    known.set(name, filled);
    return filled;
  };
  const fill = (text: string, depth: number): string | undefined => {
    if (!text.includes('${')) return text.length <= maxLength ? text : undefined;
    if (depth === maxDepth) return undefined;
    let filled = '';
    let at = 0;
    for (const { index, 0: reference, 1: name = '' } of text.matchAll(/\$\{([^{}]{1,256})\}/g)) {
      const inner = value(name.trim(), depth + 1);
      if (inner === undefined) return undefined;
      filled += text.slice(at, index) + inner;
      if (filled.length > maxLength) return undefined;
      at = index + reference.length;
    }
    filled += text.slice(at);
    return filled.includes('${') || filled.length > maxLength ? undefined : filled;
  };
  return { fill: (text) => fill(text, 0) };
}

/** What a project takes from its parent where it states none. */
const inherited: ReadonlySet<string> = new Set(['groupId', 'version']);
