import { describe, expect, it } from 'vitest';
import { parseOutputs } from './output-spec.ts';

describe('parseOutputs', () => {
  it('reads formats with and without files', () => {
    expect(parseOutputs(['table', 'cyclonedx-json=a=b.json'])).toEqual([
      { format: 'table', file: undefined },
      { format: 'cyclonedx-json', file: 'a=b.json' },
    ]);
  });

  it.each([
    [['yaml'], /"yaml" is not an output format/],
    [['json='], /names no file/],
    [['json', 'table'], /json and table cannot both go to standard output/],
    [['json=x', 'table=x'], /two outputs name the file x/],
  ])('refuses %j', (values, message) => {
    expect(() => parseOutputs(values)).toThrow(message);
  });
});
