import { describe, expect, it } from 'vitest';
import { boolean, oneOf, text, wholeNumber } from './one-value.ts';

describe('boolean', () => {
  it.each([
    ['true', true],
    ['TRUE', true],
    ['1', true],
    ['False', false],
    ['0', false],
  ])('reads %s as %s', (given, value) => {
    expect(boolean.parse(given)).toBe(value);
  });

  it.each(['yes', 'on', '2', 'truee'])('refuses %s', (given) => {
    expect(boolean.safeParse(given).error?.issues[0]?.message).toBe('is neither true nor false');
  });
});

describe('wholeNumber', () => {
  it('takes its bounds and what is between', () => {
    expect(['1', '7', '10'].map((given) => wholeNumber(1, 10).parse(given))).toEqual([1, 7, 10]);
  });

  it.each(['0', '11', '1.5', '-3', '1e1', '0x5', '٣', '9'.repeat(40)])('refuses %s in one sentence', (given) => {
    const messages = wholeNumber(1, 10)
      .safeParse(given)
      .error?.issues.map(({ message }) => message);
    expect(messages).toEqual(['is not a whole number from 1 to 10']);
  });
});

describe('oneOf', () => {
  it('takes its words in any case and lists them for others', () => {
    const schema = oneOf(['watcher', 'socket']);
    expect(schema.parse('Watcher')).toBe('watcher');
    expect(schema.safeParse('wacher').error?.issues[0]?.message).toBe('is none of watcher, socket');
  });
});

it.each([text, boolean, oneOf(['a']), wholeNumber(0, 1)])('one value is not a list', (schema) => {
  expect(schema.safeParse(['a', 'b']).error?.issues[0]?.message).toBe('is a list, but the setting has one value');
});
