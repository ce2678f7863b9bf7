/** Attributes of an element; what is undefined is left out. */
export type XmlAttributes = Readonly<Record<string, string | undefined>>;

/** What XML 1.0 cannot hold even as a reference (2.2, Char). */
const notXml = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** Whether a text deserves a closer look; nearly none does, and a document has millions. */
const special = /[^ !#-%'-;=?-~]/;

/**
 * An element with what is in it.
 *
 * @param content - elements, or a text that went through `escapeText`; undefined makes no element at all
 */
export function element(name: string, content: string | undefined, attributes: XmlAttributes = {}): string {
  return content === undefined ? '' : `<${name}${written(attributes)}>${content}</${name}>`;
}

/** An element of text, or nothing where there is none. */
export function textElement(name: string, text: string | undefined, attributes: XmlAttributes = {}): string {
  return text === undefined ? '' : element(name, escapeText(text), attributes);
}

/** An element without content. */
export function emptyElement(name: string, attributes: XmlAttributes): string {
  return `<${name}${written(attributes)}/>`;
}

/** An element around others, or nothing where there are none. */
export function listElement<T>(name: string, items: readonly T[] | undefined, write: (item: T) => string): string {
  if (items === undefined || items.length === 0) return '';
  let content = '';
  for (const item of items) content += write(item);
  return `<${name}>${content}</${name}>`;
}

/** Text between tags. What XML cannot hold is written as `\u{…}`. */
export function escapeText(text: string): string {
  if (!special.test(text)) return text;
  return text.replace(notXml, escaped).replace(/[&<>\r]/g, (sign) => entities[sign] ?? sign);
}

/**
 * A reference for an attribute. Different ones stay different: where anything has to be escaped, or looks as if it had
 * been, so is every backslash.
 */
export function escapeReference(text: string): string {
  if (!special.test(text) && !text.includes('\\')) return text;
  if (!text.includes('\\u{') && text.search(notXml) < 0) return text;
  return text.replaceAll('\\', escaped).replace(notXml, escaped);
}

/** A value between quotation marks. */
function escapeAttribute(text: string): string {
  if (!special.test(text)) return text;
  return text.replace(notXml, escaped).replace(/[&<>"\t\n\r]/g, (sign) => entities[sign] ?? sign);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

function escaped(sign: string): string {
  return `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`;
}

function written(attributes: XmlAttributes): string {
  let text = '';
  for (const name in attributes) {
    const value = attributes[name];
    if (value !== undefined) text += ` ${name}="${escapeAttribute(value)}"`;
  }
  return text;
}
