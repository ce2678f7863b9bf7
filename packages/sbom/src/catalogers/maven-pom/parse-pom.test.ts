// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Maven's own placeholders
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeXml } from './decode-xml.ts';
import { parsePom } from './parse-pom.ts';

const project = (body: string): string => `<?xml version="1.0"?>\n<project xmlns="x">${body}</project>`;
const dependency = (fields: Readonly<Record<string, string>>): string =>
  `<dependency>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')}</dependency>`;

describe('parsePom', () => {
  it('reads a project with what it takes from its parent', () => {
    const pom = parsePom(
      project(`<parent><groupId>org.p</groupId><artifactId>p</artifactId><version>1.5</version></parent>
        <artifactId>kid</artifactId><packaging>war</packaging><name>Kid</name>
        <description> Does
          \${project.artifactId} things </description>
        <url>https://u:p@example.com/kid</url><organization><name>Acme</name></organization>
        <licenses><license><name>MIT</name><url>x</url></license><license><url>https://l.example</url></license></licenses>
        <build><plugins><plugin><artifactId>not-this</artifactId></plugin></plugins></build>`),
    );
    expect(pom).toEqual({
      ...{ group: 'org.p', artifact: 'kid', version: '1.5', packaging: 'war', description: 'Does kid things' },
      ...{ homepage: 'https://example.com/kid', organization: 'Acme', licenses: ['MIT', 'https://l.example'] },
      dependencies: [],
    });
  });

  it('fills properties into dependencies and takes managed versions', () => {
    const pom = parsePom(
      project(`<groupId>g</groupId><artifactId>a</artifactId><version>2</version>
        <properties><one>1.\${two}</one><two>7</two><loop>\${pool}</loop><pool>\${loop}</pool></properties>
        <dependencyManagement><dependencies>
          ${dependency({ groupId: '${project.groupId}', artifactId: 'm', version: '${one}', scope: 'runtime' })}
        </dependencies></dependencyManagement>
        <dependencies>
          ${dependency({ groupId: '${pom.groupId}', artifactId: 'm' })}
          ${dependency({ groupId: 'g', artifactId: 'own', version: '${version}', optional: 'true' })}
          ${dependency({ groupId: 'g', artifactId: 'open', version: '${elsewhere}' })}
          ${dependency({ groupId: 'g', artifactId: 'circle', version: '${loop}' })}
          ${dependency({ groupId: '${elsewhere}', artifactId: 'nameless', version: '1' })}
        </dependencies>`),
    );
    expect(pom?.dependencies).toEqual([
      { group: 'g', artifact: 'm', version: '1.7', scope: 'runtime' },
      { group: 'g', artifact: 'own', version: '2', scope: 'compile', optional: true },
      { group: 'g', artifact: 'open', scope: 'compile' },
      { group: 'g', artifact: 'circle', scope: 'compile' },
    ]);
  });

  it('does not let properties multiply', () => {
    const layers = Array.from({ length: 14 }, (_, index) => `<p${index}>${`\${p${index + 1}}`.repeat(10)}</p${index}>`);
    const text = project(`<artifactId>a</artifactId><version>\${p0}</version>
      <properties>${layers.join('')}<p14>${'x'.repeat(100)}</p14></properties>`);
    const start = performance.now();
    expect(parsePom(text)?.version).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('ends a text that is made to take long', () => {
    const start = performance.now();
    for (const part of ['<', '<a>', '</a>', '<a x="1"', '<a/>', '&a;', ']]>', '<!--', '<![CDATA[']) {
      const length = Math.ceil((2 * 1024 * 1024) / part.length);
      expect(parsePom(`<project><artifactId>a</artifactId>${part.repeat(length)}`)?.artifact).toBe('a');
    }
    const attributes = Array.from({ length: 200_000 }, (_, index) => `a${index}="1"`).join(' ');
    expect(parsePom(`<project><artifactId>a</artifactId><b ${attributes}/>`)?.artifact).toBe('a');
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it('reads past entities of HTML, deep nesting and broken ends', () => {
    expect(parsePom(project('<artifactId>a</artifactId><name>caf&eacute;</name>'))?.artifact).toBe('a');
    expect(parsePom(project(`<artifactId>a</artifactId>${'<x>'.repeat(500)}`))?.artifact).toBe('a');
    expect(parsePom(project(`${'<x>'.repeat(500)}${'</x>'.repeat(500)}<artifactId>b</artifactId>`))?.artifact).toBe(
      'b',
    );
    expect(parsePom('<project><artifactId><![CDATA[c]]></artifactId>')?.artifact).toBe('c');
    expect(parsePom(project('<artifactId>two words</artifactId><version>1</version>'))?.artifact).toBeUndefined();
  });

  it('knows other texts from projects', () => {
    for (const text of ['', 'text', '{}', '<html><body>x</body></html>', '<project/>'])
      expect(parsePom(text)).toBe(undefined);
  });

  it('reads anything without error', () => {
    const piece = fc.constantFrom(
      '<project>',
      '</project>',
      '<artifactId>',
      '</artifactId>',
      '${a}',
      '&x;',
      '<!--',
      ']]>',
      'a',
      '<dependencies><dependency>',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 5 }))), (parts) => void parsePom(parts.join(''))),
    );
  });
});

describe('decodeXml', () => {
  it.each([
    ['a declared encoding', Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>\xe9</a>', 'latin1')],
    [
      'an encoding that does not exist',
      Buffer.from('<?xml version="1.0" encoding="iso-8859-12"?><a>\xe9</a>', 'latin1'),
    ],
    ['none', Buffer.from('<a>é</a>')],
    ['UTF-16', Buffer.from('\u{feff}<a>é</a>', 'utf16le')],
    ['UTF-16 in the other order', Buffer.from('\u{feff}<a>é</a>', 'utf16le').swap16()],
    ['one it does not know', Buffer.from('<?xml version="1.0" encoding="klingon"?><a>é</a>')],
  ])('decodes a text with %s', (_, bytes) => {
    expect(decodeXml(bytes)).toContain('<a>é</a>');
  });
});
