// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Maven's own placeholders
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manifestText, manifestToken, manifestVersion, symbolicName } from './manifest-values.ts';
import { parseManifest } from './parse-manifest.ts';

const manifest = (text: string) => parseManifest(Buffer.from(text));

describe('parseManifest', () => {
  it.each(['\n', '\r\n', '\r'])('joins folded lines that end in %j and stops before the entries', (end) => {
    const lines = [
      'Manifest-Version: 1.0',
      'Export-Package: org.exa',
      ' mple',
      ' .api',
      '',
      'Name: a.class',
      'X: y',
      '',
    ];
    expect(Object.fromEntries(manifest(lines.join(end)))).toEqual({
      'manifest-version': '1.0',
      'export-package': 'org.example.api',
    });
  });

  it('joins a character that a line break has cut in two', () => {
    const bytes = Buffer.concat([Buffer.from('A: caf\xc3\r\n \xa9\r\n', 'latin1')]);
    expect(parseManifest(bytes).get('a')).toBe('café');
  });

  it('compares names without case, takes the first value, and passes over what is no attribute', () => {
    expect(Object.fromEntries(manifest('\u{feff}a-B:1\nA-b: 2\nno attribute\n: x\nEmpty:\nlast: 3'))).toEqual({
      'a-b': '1',
      last: '3',
    });
  });

  it('keeps a bounded part of a huge one', () => {
    const many = manifest(Array.from({ length: 10_000 }, (_, index) => `A${index}: ${'x'.repeat(20)}`).join('\n'));
    expect(many.size).toBe(500);
    expect(manifest(`A: ${'x'.repeat(100_000)}`).get('a')?.length).toBe(16 * 1024 - 1);
  });

  it('reads any bytes without error', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => parseManifest(bytes) instanceof Map));
  });
});

describe('manifest values', () => {
  const values = manifest(
    'Title: spring-core\nSentence: A few words  and more\nOpen: ${project.version}\n' +
      'Bundle-SymbolicName: org.example.a;singleton:=true\nUrl: https://me:secret@example.com/a\n',
  );

  it('tells words from sentences', () => {
    expect(manifestToken(values, 'title')).toBe('spring-core');
    expect(manifestToken(values, 'sentence')).toBeUndefined();
    expect(manifestToken(values, 'open')).toBeUndefined();
    expect(manifestToken(values, 'absent')).toBeUndefined();
    expect(manifestText(values, 'sentence')).toBe('A few words and more');
    expect(manifestText(values, 'open')).toBeUndefined();
    expect(manifestText(values, 'url')).toBe('https://example.com/a');
    expect(symbolicName(values)).toBe('org.example.a');
    expect(symbolicName(manifest('A: b'))).toBeUndefined();
  });

  it.each([
    ['Implementation-Version: 9.0.70\nBundle-Version: 1', '9.0.70'],
    ['Implementation-Version: 1.2.3 (build 7)\n', '1.2.3'],
    ['Implementation-Version: 2.1.0-release-394(2.1.0)\n', '2.1.0'],
    ['Implementation-Version: ${version}\nBundle-Version: 3.1.0.v20220101', '3.1.0.v20220101'],
    ['Specification-Version: 4.0\nImplementation-Version: build of Tuesday', '4.0'],
    ['Plugin-Version: 5.2.0\nImplementation-Version: 1', '5.2.0'],
  ])('finds the version in %j', (text, version) => {
    expect(manifestVersion(manifest(text))).toBe(version);
  });
});
