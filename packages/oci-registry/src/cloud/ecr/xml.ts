/** An element of a document: its name without a prefix, its text with that of nothing inside, its children. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

interface OpenElement {
  readonly tag: string;
  text: string;
  readonly children: XmlElement[];
}

const maxDepth = 32;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const nameGrammar = '[A-Za-z_][A-Za-z0-9_.:-]{0,127}';
const declaration = /^\ufeff?\s*(?:<\?xml [^<>?]{0,200}\?>)?/;
/** A tag or a run of text. Attributes are passed over: nothing that is read here has any that matter. */
const token = new RegExp(
  `<(/?)(${nameGrammar})((?:\\s+${nameGrammar}\\s*=\\s*(?:"[^"<]{0,1024}"|'[^'<]{0,1024}'))*)\\s*(/?)>|([^<]+)`,
  'y',
);

const reference = /&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));/g;
/** The start of what looks like a reference and is none that is known. */
const unknownReference = /&(?!(?:#x[0-9A-Fa-f]{1,6}|#[0-9]{1,7}|amp|lt|gt|quot|apos);)/;

/** Text with its references replaced; `undefined` where one is not predefined, or is no character. */
function unescaped(text: string): string | undefined {
  if (unknownReference.test(text)) return undefined;
  let known = true;
  const result = text.replace(reference, (_, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return entities[name] ?? '';
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    known &&= point > 0 && point <= 0x10ffff;
    return known ? String.fromCodePoint(point) : '';
  });
  return known ? result : undefined;
}

function finished(element: OpenElement): XmlElement {
  const name = element.tag.slice(element.tag.indexOf(':') + 1);
  return { name, text: element.text, children: element.children };
}

/** Takes one token in; `false` where it does not fit to what came before. */
function take(stack: OpenElement[], match: RegExpExecArray): boolean {
  const [, slash, tag, attributes, selfClosing, run] = match;
  const parent = stack.at(-1);
  if (parent === undefined) return false;
  if (tag === undefined) {
    const text = unescaped(run ?? '');
    // The outermost one stands for the document, which has no text.
    if (text === undefined || (stack.length === 1 && text.trim() !== '')) return false;
    parent.text += text;
    return true;
  }
  if (slash === '/') {
    if (stack.length === 1 || parent.tag !== tag || attributes !== '' || selfClosing === '/') return false;
    stack.pop();
    stack.at(-1)?.children.push(finished(parent));
    return true;
  }
  const opened: OpenElement = { tag, text: '', children: [] };
  if (selfClosing === '/') parent.children.push(finished(opened));
  else stack.push(opened);
  return stack.length <= maxDepth;
}

/**
 * Reads the small part of XML that AWS answers with: elements and text. Everything else (document types, comments,
 * CDATA, processing instructions, entities of its own) is refused, so nothing can be made to expand or be fetched.
 *
 * @returns the root, or `undefined` where the text is anything else than one such document. Linear time.
 */
export function parseXml(text: string): XmlElement | undefined {
  const stack: OpenElement[] = [{ tag: '', text: '', children: [] }];
  token.lastIndex = declaration.exec(text)?.[0].length ?? 0;
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    if (match === null || !take(stack, match)) return undefined;
  }
  const roots = stack[0]?.children ?? [];
  return stack.length === 1 && roots.length === 1 ? roots[0] : undefined;
}

/** The element that a path of names leads to, below an element; of several, the first. */
export function descend(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  return path.reduce<XmlElement | undefined>((at, name) => at?.children.find((child) => child.name === name), element);
}
