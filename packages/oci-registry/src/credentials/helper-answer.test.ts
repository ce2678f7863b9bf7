import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RegistryError } from '../error.ts';
import { readHelperAnswer } from './helper-answer.ts';
import type { CredentialHelperOutput } from './helper-options.ts';

const read = (output: Partial<CredentialHelperOutput>) =>
  readHelperAnswer('docker-credential-x', 'r.example', { exitCode: 0, stdout: '', stderr: '', ...output });

describe('readHelperAnswer', () => {
  it.each([
    ['user and secret', '{"ServerURL":"r.example","Username":"u","Secret":"p"}\n', { username: 'u', password: 'p' }],
    ['an identity token', '{"Username":"<token>","Secret":"refresh"}', { identityToken: 'refresh' }],
    ['keys in another case', '{"username":"u","secret":"p"}', { username: 'u', password: 'p' }],
    ['a secret alone', '{"Username":null,"Secret":"p"}', { password: 'p' }],
    ['that there is nothing', 'credentials not found in native keychain\n', undefined],
    ['empty fields', '{"ServerURL":"","Username":"","Secret":""}', undefined],
    ['an empty object', '{}', undefined],
  ])('understands %s', (_, stdout, expected) => {
    expect(read({ stdout })).toEqual(expected);
  });

  it('understands that there is nothing where the helper fails to say so', () => {
    expect(read({ stdout: 'credentials not found in native keychain\n', exitCode: 1 })).toBeUndefined();
  });

  it.each(['', 'null', '[]', '"p"', '{"Username":1,"Secret":"p"}', '{"Username":"u","Secret":["p"]}', '{"Secret":"p'])(
    'refuses the answer %s',
    (stdout) => {
      expect(() => read({ stdout })).toThrow(/its answer is not a JSON object with Username and Secret$/);
    },
  );

  it('says when a signal ended the helper', () => {
    expect(() => read({ exitCode: null, stderr: 'Killed' })).toThrow(/r\.example: a signal ended it: Killed$/);
  });

  it('gives back every user name and secret', () => {
    const user = fc.string({ minLength: 1, unit: 'grapheme' }).filter((name) => name !== '<token>');
    fc.assert(
      fc.property(user, fc.string({ minLength: 1, unit: 'grapheme' }), (username, password) => {
        const stdout = JSON.stringify({ ServerURL: 'r.example', Username: username, Secret: password });
        expect(read({ stdout })).toEqual({ username, password });
      }),
    );
  });

  it('fails with nothing but its own error, whatever it reads', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.json());
    fc.assert(
      fc.property(text, text, fc.option(fc.integer({ min: 0, max: 255 })), (stdout, stderr, exitCode) => {
        try {
          read({ stdout, stderr, exitCode });
        } catch (error) {
          expect(error).toBeInstanceOf(RegistryError);
          expect((error as Error).message).toMatch(
            /^\[CREDENTIALS_UNAVAILABLE\] ask docker-credential-x, r\.example: /,
          );
          expect((error as Error).message.length).toBeLessThan(400);
        }
      }),
    );
  });

  it('never tells the secret of an answer, cut off anywhere or printed by a helper that fails', () => {
    const secret = 'hunter2-Passw0rd-abcdefgh';
    const answer = JSON.stringify({ ServerURL: 'https://r.example', Username: 'u', Secret: secret });
    const cut = fc.nat(answer.length).map((length) => answer.slice(0, length));
    fc.assert(
      fc.property(cut, fc.constantFrom(0, 1, null), fc.boolean(), (text, exitCode, onStdout) => {
        try {
          read({ exitCode, ...(onStdout ? { stdout: text } : { stderr: text }) });
        } catch (error) {
          expect((error as Error).message).not.toContain('hunter2');
        }
      }),
    );
  });
});
