import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizedPythonName } from './normalized-name.ts';
import { parseDirectUrl } from './parse-direct-url.ts';
import { createPythonMetadataParser, type PythonPackage, parsePythonMetadata } from './parse-metadata.ts';

function packageOf(fields: string): PythonPackage {
  const metadata = parsePythonMetadata(`Metadata-Version: 2.1\nName: a\nVersion: 1.0\n${fields}`);
  if (metadata.kind !== 'package') throw new Error(metadata.reason);
  return metadata.pkg;
}

describe('parsePythonMetadata', () => {
  it('reads what an inventory wants of the header, and nothing of the body', () => {
    const text = `Summary: HTTP for Humans.
Home-page: https://requests.readthedocs.io
Author: Kenneth Reitz
Author-email: me@kennethreitz.org
License: Apache-2.0
Requires-Dist: charset_normalizer<4,>=2
Requires-Dist: urllib3 (<3,>=1.21.1) ; python_version >= "3"
Requires-Dist: PySocks!=1.5.7,>=1.5.6 ; extra == 'socks'

# Readme

Name: not-a-field
Requires-Dist: nothing
`;
    expect(packageOf(text)).toEqual({
      name: 'a',
      version: '1.0',
      licenses: ['Apache-2.0'],
      author: 'Kenneth Reitz <me@kennethreitz.org>',
      summary: 'HTTP for Humans.',
      homepage: 'https://requests.readthedocs.io',
      requires: ['charset-normalizer', 'urllib3'],
    });
  });

  it('asks for no line of the body', () => {
    const parser = createPythonMetadataParser();
    expect(['Name: a', 'Version: 1', '', 'Body'].map((line) => parser.line(line))).toEqual([true, true, false, false]);
    expect(parser.end()).toEqual({ kind: 'package', pkg: { name: 'a', version: '1' } });
  });

  it.each([
    ['License-Expression: MIT AND\n Apache-2.0\nLicense: other\n', ['MIT AND Apache-2.0']],
    ['License: BSD License\n\n  Redistribution and use…\n', ['BSD License']],
    ['License: MIT\n        Permission is hereby granted\n        to anybody\n', ['MIT']],
    ['License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\n', ['MIT License']],
    ['Classifier: License :: OSI Approved\nClassifier: License :: Public Domain\n', ['Public Domain']],
    ['Classifier: Programming Language :: Python\n', undefined],
  ])('reads the licence of %j', (fields, licenses) => {
    expect(packageOf(fields).licenses).toEqual(licenses);
  });

  it.each([
    ['Author-email: Ann <a@x>, Bob <b@x>\n', 'Ann <a@x>, Bob <b@x>'],
    ['Author: UNKNOWN\nMaintainer: M\nMaintainer-email: m@x\n', 'M <m@x>'],
    ['Author: A\n', 'A'],
    ['', undefined],
  ])('reads the author of %j', (fields, author) => {
    expect(packageOf(fields).author).toBe(author);
  });

  it('takes the home page from the project addresses where it has no field, without credentials', () => {
    const urls = 'Project-URL: Source, https://example.com/src\nProject-URL: Home Page, https://u:p@example.com\n';
    expect(packageOf(urls).homepage).toBe('https://example.com');
  });

  it('says what is missing', () => {
    expect(parsePythonMetadata('')).toEqual({ kind: 'malformed', reason: 'no metadata fields' });
    expect(parsePythonMetadata('Version: 1\n')).toEqual({ kind: 'malformed', reason: 'no usable Name field' });
    expect(parsePythonMetadata('Name: a\n')).toEqual({ kind: 'malformed', reason: 'no usable Version field' });
  });

  it('reads any text without throwing, into plain JSON', () => {
    const words = fc.constantFrom(
      'Name',
      'Version',
      'License',
      'Classifier',
      'Requires-Dist',
      ':',
      ' ',
      '\n',
      ';',
      'extra ==',
      'a',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (input) => {
        const result = parsePythonMetadata(input);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }),
    );
  });
});

describe('normalizedPythonName', () => {
  it('is the same for all spellings of a name (PEP 503)', () => {
    for (const name of ['Friendly-Bard', 'FRIENDLY_BARD', 'friendly.bard', 'friendly--._bard']) {
      expect(normalizedPythonName(name)).toBe('friendly-bard');
    }
  });
});

describe('parseDirectUrl', () => {
  it('reads an origin in version control, a directory, and an archive', () => {
    const git = { url: 'https://u:p@example.com/r.git', vcs_info: { vcs: 'git', commit_id: 'abc' } };
    expect(parseDirectUrl(JSON.stringify(git))).toEqual({ url: 'https://example.com/r.git', commit: 'abc' });
    const directory = { url: 'file:///src/app', dir_info: { editable: true } };
    expect(parseDirectUrl(JSON.stringify(directory))).toEqual({ url: 'file:///src/app', editable: true });
    const archive = { url: 'https://example.com/a.whl', archive_info: {} };
    expect(parseDirectUrl(JSON.stringify(archive))).toEqual({ url: 'https://example.com/a.whl' });
  });

  it('is nothing for anything else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect(parseDirectUrl(text)).toBeUndefined();
      }),
    );
  });
});
