import { describe, expect, it } from 'vitest';
import { UsageError } from '../cli/usage-error.ts';
import { parseListenAddress } from './listen-address.ts';

describe('parseListenAddress', () => {
  it.each([
    ['8080', '127.0.0.1', 8080],
    ['0', '127.0.0.1', 0],
    ['0.0.0.0', '0.0.0.0', 0],
    ['10.0.0.7:8080', '10.0.0.7', 8080],
    ['::1', '::1', 0],
    ['[::1]', '::1', 0],
    ['[::1]:8080', '::1', 8080],
  ])('reads %s', (text, address, port) => {
    expect(parseListenAddress(text)).toEqual({ address, port });
  });

  it.each(['', 'localhost', 'localhost:8080', ':8080', '8080:', '1.2.3:80', '127.0.0.1:65001', '[::g]:1', '-1'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseListenAddress(text)).toThrow(UsageError);
    },
  );
});
