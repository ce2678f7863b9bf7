import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { publishedModels } from '../wire/published-models.test-support.ts';
import { shapeAt, typeName } from '../wire/schema-shape.test-support.ts';
import { applicationPackageTypes } from './application-package-types.ts';
import { optionalParts } from './shed-optional-parts.ts';

const document = readFileSync(new URL('../../../../docs/falcon-mapping.md', import.meta.url), 'utf8');

/** The text of a section, by its heading. */
function section(heading: string): string {
  const [, text] = document.split(`\n${heading}\n`);
  return text?.split(/\n#{2,3} /, 1)[0] ?? '';
}

/** The cells of a table, without its head. */
function rows(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe('docs/falcon-mapping.md', () => {
  it.each(publishedModels.map(({ name, at }) => [name, at[0]!]))('tells of every member of %s', (name, path) => {
    const { properties = {}, required = [] } = shapeAt(path);
    const expected = Object.entries(properties).map(([member, shape]) => [
      `\`${member}\`${required.includes(member) ? ' \\*' : ''}`,
      typeName(shape),
    ]);
    const told = rows(section(`### ${name}`)).map(([member, type = '']) => [
      member,
      type.replaceAll('`', '').replace(/^(models|v1)\.\w+/, 'object'),
    ]);
    expect(told.sort()).toEqual(expected.sort());
  });

  it('says of each member what it is filled with, and how sure that is', () => {
    const cells = publishedModels.flatMap(({ name }) => rows(section(`### ${name}`)));
    for (const [member, , filled, certainty] of cells) {
      expect([member, filled]).not.toEqual([member, '']);
      expect(['certain', 'inferred', 'ours', 'left out']).toContain(certainty);
    }
  });

  it('has the number of every package type', () => {
    const told = rows(section('## Numbers of package types')).map(([number, type = '']) => [
      type.replaceAll('`', ''),
      Number(number),
    ]);
    expect(Object.fromEntries(told)).toEqual(applicationPackageTypes);
  });

  it('has the parts in the order in which they are left out', () => {
    const told = [...section('## When a body is too large').matchAll(/^\d+\. `(\S+?)`/gm)].map(([, path = '']) =>
      path.replace('inventory.', '').replace('.libraries[]', '').replaceAll('[]', ''),
    );
    expect(told).toEqual(optionalParts);
  });
});
