import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from './secret.ts';

describe('Secret', () => {
  it('shows itself only when it is revealed', () => {
    const secret = new Secret('hunter2');
    const holder = { secret, list: [secret] };
    const shown = [
      `${secret}`,
      String(secret),
      JSON.stringify(holder),
      inspect(holder, { depth: 9 }),
      format('%o %s', holder, secret),
    ];
    expect(shown.join()).not.toContain('hunter2');
    expect(shown[0]).toBe('***');
    expect(secret.reveal()).toBe('hunter2');
    expect(Object.entries(secret)).toEqual([]);
  });

  it('can have a part that may be seen', () => {
    expect(JSON.stringify(new Secret('http://u:p@proxy', 'http://***@proxy'))).toBe('"http://***@proxy"');
  });
});
