import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { descend, parseXml, type XmlElement } from './xml.ts';

const answer = `<?xml version="1.0" encoding="UTF-8"?>
<Answer xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <Result><Key>a&amp;b&#x2f;c&#47;d</Key><Empty/><Key>second</Key></Result >
</Answer>
`;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const print = ({ name, text, children }: XmlElement): string =>
  `<${name}>${escaped(text)}${children.map(print).join('')}</${name}>`;

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,10}$/);
const { element } = fc.letrec<{ element: XmlElement }>((tie) => ({
  element: fc.record({
    name,
    text: fc.string({ unit: 'grapheme' }),
    children: fc.oneof({ maxDepth: 4 }, fc.constant([]), fc.array(tie('element'), { maxLength: 3 })),
  }),
}));

describe('parseXml', () => {
  it('reads elements, text and references', () => {
    const root = parseXml(answer);
    expect(root?.name).toBe('Answer');
    expect(descend(root, 'Result', 'Key')?.text).toBe('a&b/c/d');
    expect(descend(root, 'Result', 'Empty')).toEqual({ name: 'Empty', text: '', children: [] });
    expect(descend(root, 'Result', 'Other')).toBeUndefined();
  });

  it('leaves prefixes of names out', () => {
    expect(parseXml('<s:A xmlns:s="x"><s:B>1</s:B></s:A>')).toMatchObject({ name: 'A', children: [{ name: 'B' }] });
  });

  it.each([
    ['nothing', ''],
    ['only text', 'text'],
    ['two roots', '<a/><b/>'],
    ['text beside the root', '<a/>x'],
    ['an open element', '<a><b></b>'],
    ['crossed elements', '<a><b></a></b>'],
    ['a closing tag too many', '<a></a></a>'],
    ['a document type', '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'],
    ['an entity of its own', '<a>&e;</a>'],
    ['an entity of an object', '<a>&constructor;</a>'],
    ['a bare ampersand', '<a>b & c</a>'],
    ['a character that is none', '<a>&#x110000;</a>'],
    ['CDATA', '<a><![CDATA[b]]></a>'],
    ['a comment', '<a><!-- b --></a>'],
    ['an instruction', '<a><?b?></a>'],
    ['an attribute without quotes', '<a b=c></a>'],
    ['an attribute on a closing tag', '<a></a b="c">'],
    ['a bare bracket', '<a>1 < 2</a>'],
    ['too deep', '<a>'.repeat(40) + '</a>'.repeat(40)],
  ])('refuses %s', (_, text) => {
    expect(parseXml(text)).toBeUndefined();
  });

  it('reads back what is written', () => {
    fc.assert(
      fc.property(element, (written) => {
        expect(parseXml(print(written))).toEqual(written);
      }),
    );
  });

  it('never throws', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '</',
      '/>',
      'a',
      '&',
      ';',
      '#x',
      '1',
      '"',
      "'",
      '=',
      ' ',
      '<a>',
      '</a>',
      '<a b="',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const root = parseXml(pieces.join(''));
        expect(root === undefined || root.name.length > 0).toBe(true);
      }),
    );
  });

  it('needs linear time for hostile text', () => {
    const start = performance.now();
    for (const piece of ['<a ', '<a>', '&', ' ', '<a b="', `<a${' b="c"'.repeat(50)}`, '&#', '<']) {
      expect(parseXml(piece.repeat(1_000_000 / piece.length))).toBeUndefined();
    }
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
