import { SaxesParser } from 'saxes';

/** An element of a small XML document; names in lower case, for MSBuild and NuGet do not tell them apart. */
export interface XmlElement {
  readonly name: string;
  /** Of its attributes, and of child elements that hold nothing but text: MSBuild reads both the same. */
  readonly values: ReadonlyMap<string, string>;
  /** Name of the element it lies in. */
  readonly parent?: string;
}

/** Elements inside each other. */
const maxDepth = 64;
/** Characters of one text. */
const maxText = 4_096;

/**
 * Lists the elements of an XML document, inner ones before those that they lie in.
 *
 * @returns undefined where the text is not XML. Never throws.
 */
export function xmlElements(text: string): XmlElement[] | undefined {
  const elements: XmlElement[] = [];
  const open: { name: string; values: Map<string, string>; text: string }[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length >= maxDepth) throw new RangeError('too many elements inside each other');
    const values = Object.entries(attributes).map(([key, value]) => [key.toLowerCase(), value] as const);
    open.push({ name: name.toLowerCase(), values: new Map(values), text: '' });
  });
  parser.on('text', (part) => {
    const element = open.at(-1);
    if (element !== undefined && element.text.length < maxText) element.text += part.slice(0, maxText);
  });
  parser.on('closetag', () => {
    const element = open.pop();
    const parent = open.at(-1);
    if (element === undefined) return;
    const { name, values } = element;
    const content = element.text.trim();
    if (content !== '') parent?.values.set(name, content);
    elements.push({ name, values, ...(parent && { parent: parent.name }) });
  });
  parser.on('error', (error) => {
    throw error;
  });
  try {
    parser.write(text).close();
  } catch {
    // What is not XML is none of the documents that are looked for; the caller says so.
    return undefined;
  }
  return elements;
}
