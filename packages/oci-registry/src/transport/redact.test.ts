import { describe, expect, it } from 'vitest';
import { cleanForeignText, printUrl } from './redact.ts';

describe('text for messages', () => {
  it('prints a URL without user info and query', () => {
    expect(printUrl(new URL('https://u:p@host:8443/a/b?X-Amz-Signature=s#f'))).toBe('host:8443/a/b');
  });

  it('takes signatures, user info and control characters out of what a server says', () => {
    const said = 'denied\r\n\u001b[31m see https://u:p@s3.example/blob?X-Amz-Signature=abc for more';
    expect(cleanForeignText(said)).toBe('denied [31m see https://s3.example/blob for more');
  });

  it('does not let a server talk for ever', () => {
    expect(cleanForeignText('x'.repeat(100_000))).toHaveLength(200);
  });
});
