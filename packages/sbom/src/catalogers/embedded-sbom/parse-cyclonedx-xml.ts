import { SaxesParser } from 'saxes';

interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Node[];
  text: string;
}

/** Elements inside each other. */
const maxDepth = 200;
/** Characters of one text. */
const maxText = 16 * 1024;
/** Elements of one document. */
const maxElements = 2_000_000;

/** Elements whose children are items of a list in the JSON form. */
const lists: ReadonlySet<string> = new Set(['components', 'hashes', 'licenses', 'dependencies']);
/** Elements that are not read, and whatever is in them. */
const skipped: ReadonlySet<string> = new Set([
  'evidence',
  'properties',
  'externalReferences',
  'pedigree',
  'services',
  'text',
]);

/**
 * Reads the XML form of CycloneDX into the shape of its JSON form, as far as components are concerned.
 *
 * @returns undefined where the text is not XML, or none of CycloneDX. Never throws.
 */
export function parseCycloneDxXml(text: string): object | undefined {
  const root = readTree(text);
  if (root?.name !== 'bom' || !/cyclonedx/i.test(root.attributes.xmlns ?? '')) return undefined;
  return { bomFormat: 'CycloneDX', ...fieldsOf(root) };
}

function readTree(text: string): Node | undefined {
  const open: Node[] = [];
  let root: Node | undefined;
  let count = 0;
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    count += 1;
    if (open.length >= maxDepth || count > maxElements) throw new RangeError('too many elements');
    const plain = name.slice(name.indexOf(':') + 1);
    const node: Node = { name: plain, attributes: { ...attributes }, children: [], text: '' };
    root ??= node;
    if (!skipped.has(plain)) open.at(-1)?.children.push(node);
    open.push(node);
  });
  const onText = (part: string): void => {
    const node = open.at(-1);
    if (node !== undefined && node.text.length < maxText) node.text += part.slice(0, maxText);
  };
  parser.on('text', onText);
  parser.on('cdata', onText);
  parser.on('closetag', () => void open.pop());
  parser.on('error', (error) => {
    throw error;
  });
  try {
    parser.write(text).close();
    return root;
  } catch {
    // What is not XML is no document of CycloneDX; the caller says so.
    return undefined;
  }
}

function fieldsOf({ attributes, children }: Node): Record<string, unknown> {
  return { ...attributes, ...Object.fromEntries(children.map((child) => [child.name, contentOf(child)])) };
}

function contentOf(node: Node): unknown {
  if (lists.has(node.name)) return node.children.map(itemOf);
  return node.children.length > 0 ? fieldsOf(node) : node.text.trim();
}

function itemOf(node: Node): Record<string, unknown> {
  const text = node.text.trim();
  if (node.name === 'hash') return { ...node.attributes, content: text };
  if (node.name === 'expression') return { expression: text };
  if (node.name === 'license') return { license: fieldsOf(node) };
  if (node.name !== 'dependency') return fieldsOf(node);
  return { ...node.attributes, dependsOn: node.children.map(({ attributes }) => attributes.ref) };
}
