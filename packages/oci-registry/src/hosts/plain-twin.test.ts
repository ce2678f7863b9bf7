import { describe, expect, it } from 'vitest';
import { isPlainTwin } from './plain-twin.ts';
import type { RegistryHost } from './registry-host.ts';

function host(api: string, registry = 'r.example:5000', repository = 'a'): RegistryHost {
  return { api: new URL(api), registry, repository, capabilities: new Set(['pull']) };
}

describe('isPlainTwin', () => {
  const secure = host('https://r.example:5000/v2/');

  it('knows the same host over http, with and without port', () => {
    expect(isPlainTwin(host('http://r.example:5000/v2/'), secure)).toBe(true);
    expect(isPlainTwin(host('http://r.example/v2/', 'r.example'), host('https://r.example/v2/', 'r.example'))).toBe(
      true,
    );
  });

  it.each([
    ['another registry', host('http://m.example:5000/v2/', 'm.example:5000')],
    ['another port', host('http://r.example:80/v2/', 'r.example')],
    ['another path', host('http://r.example:5000/us/v2/')],
    ['another repository', host('http://r.example:5000/v2/', 'r.example:5000', 'b')],
    ['https again', secure],
  ])('does not take %s for it', (_, other) => {
    expect(isPlainTwin(other, secure)).toBe(false);
  });

  it('needs one before', () => {
    expect(isPlainTwin(host('http://r.example:5000/v2/'), undefined)).toBe(false);
    expect(isPlainTwin(host('http://r.example:5000/v2/'), host('http://r.example:5000/v2/'))).toBe(false);
  });
});
