import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FieldValues, parseFql } from './fql.ts';

const row: FieldValues = { name: 'bash 5.2', tags: ['a', 'b+c'], size: 7, ready: true, star: 'x*y' };

function fits(filter: string): boolean {
  const parsed = parseFql(filter, [...Object.keys(row), 'absent']);
  if (typeof parsed === 'string') {
    throw new Error(parsed);
  }
  return parsed(row);
}

describe('parseFql', () => {
  it.each([
    '',
    "name:'bash 5.2'",
    'name:"bash 5.2"',
    'size:7',
    'ready:true',
    "tags:'b+c'",
    "name:!'zsh'",
    "name:*'bash*'",
    "name:['zsh','bash 5.2']",
    "size:'7' + ready:'true'",
    "absent:!'x'",
    "star:'x*y'",
  ])('lets the row through %s', (filter) => {
    expect(fits(filter)).toBe(true);
  });

  it.each([
    "name:'bash'",
    "name:'bash*'",
    "size:'7'+ready:'false'",
    "tags:!'a'",
    "absent:''",
    "name:['a','b']",
    "star:'xzy'",
  ])('holds the row back at %s', (filter) => {
    expect(fits(filter)).toBe(false);
  });

  it.each(['name', "name:'open", "name=='x'", "name:'x',size:'7'", "other:'x'", 'name:', 'name:*x*'])(
    'does not understand %s',
    (filter) => {
      expect(parseFql(filter, Object.keys(row))).toEqual(expect.any(String));
    },
  );

  it('gives a filter or a reason for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...`name:!*'"[],+\\ 7`) }), (filter) => {
        const parsed = parseFql(filter, ['name']);
        expect(typeof parsed === 'string' ? 'reason' : typeof parsed(row)).toMatch(/^(reason|boolean)$/);
      }),
    );
  });
});
