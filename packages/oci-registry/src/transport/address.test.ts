import { describe, expect, it } from 'vitest';
import { guardedLookup, isForbiddenAddress, isLoopbackHost } from './address.ts';

const hostOf = (url: string): string => new URL(url).hostname;

describe('addresses', () => {
  it('knows loopback by all its spellings', () => {
    for (const url of [
      'http://localhost',
      'http://127.0.0.1',
      'http://127.9.9.9',
      'http://[::1]',
      'http://0x7f.1',
      'http://[::ffff:127.0.0.1]',
    ]) {
      expect(isLoopbackHost(hostOf(url)), url).toBe(true);
    }
    for (const url of ['http://10.0.0.1', 'http://localhost.example', 'http://128.0.0.1', 'http://[::2]']) {
      expect(isLoopbackHost(hostOf(url)), url).toBe(false);
    }
  });

  it('forbids link-local and metadata addresses by all their spellings', () => {
    const forbidden = [
      'http://169.254.169.254',
      'http://169.254.0.1',
      'http://2852039166',
      'http://0xa9.254.0xa9fe',
      'http://[::ffff:169.254.169.254]',
      'http://[fe80::1]',
      'http://[febf::1]',
      'http://[fd00:ec2::254]',
      'http://100.100.100.200',
      'http://168.63.129.16',
    ];
    for (const url of forbidden) expect(isForbiddenAddress(hostOf(url)), url).toBe(true);
    for (const url of ['http://169.253.1.1', 'http://[fec0::1]', 'http://example.com', 'http://127.0.0.1']) {
      expect(isForbiddenAddress(hostOf(url)), url).toBe(false);
    }
  });

  it('resolves harmless names as ever', async () => {
    const found = await new Promise((resolve) => {
      guardedLookup('localhost', { all: true }, (error, addresses) => resolve([error, addresses]));
    });
    expect(found).toEqual([null, expect.arrayContaining([expect.objectContaining({ address: expect.any(String) })])]);
  });

  it('refuses a name that is a forbidden address', async () => {
    const error = await new Promise((resolve) => {
      guardedLookup('169.254.169.254', { all: false }, (reason) => resolve(reason));
    });
    expect(error).toMatchObject({ code: 'ADDRESS_FORBIDDEN' });
  });
});
