import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readPassword } from './read-password.ts';

const input = (...parts: string[]) => Readable.from(parts.map((part) => Buffer.from(part)));

describe('readPassword', () => {
  it('takes standard input without its line end', async () => {
    const options = { username: 'me', passwordStdin: true };
    expect(await readPassword(options, input('pass', 'word\r\n'))).toBe('password');
    expect(await readPassword(options, input('two\nlines'))).toBe('two\nlines');
  });

  it('reads nothing when nothing is asked for', async () => {
    expect(await readPassword({}, input('x'))).toBeUndefined();
  });

  it('refuses half a credential, an empty and an endless input', async () => {
    await expect(readPassword({ username: 'me' }, input('x'))).rejects.toThrow('--username needs a password');
    await expect(readPassword({ passwordStdin: true }, input('x'))).rejects.toThrow('needs a user name');
    await expect(readPassword({ username: 'me', passwordStdin: true }, input('\n'))).rejects.toThrow('no password');
    const endless = Readable.from(
      (function* () {
        for (;;) yield 'x'.repeat(10_000);
      })(),
    );
    await expect(readPassword({ username: 'me', passwordStdin: true }, endless)).rejects.toThrow('over 64 KiB');
  });
});
