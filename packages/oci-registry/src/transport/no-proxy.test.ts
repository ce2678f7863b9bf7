import { describe, expect, it } from 'vitest';
import { compileNoProxy } from './no-proxy.ts';

const isDirect = (value: string, url: string): boolean => compileNoProxy(value)(new URL(url));

describe('NO_PROXY', () => {
  it.each([
    ['example.com', 'https://example.com'],
    ['example.com', 'https://r.example.com'],
    ['EXAMPLE.com', 'https://R.example.COM.'],
    ['.example.com', 'https://r.example.com'],
    ['*.example.com', 'https://r.example.com'],
    ['other.test, example.com', 'https://example.com:8443'],
    ['other.test example.com', 'https://example.com'],
    ['example.com:443', 'https://example.com'],
    ['example.com:80', 'http://example.com'],
    ['.example.com:5000', 'https://r.example.com:5000'],
    ['10.0.0.1', 'http://10.0.0.1:5000'],
    ['10.0.0.1:5000', 'http://10.0.0.1:5000'],
    ['10.0.0.0/8', 'https://10.255.3.4'],
    ['10.0.0.0/8', 'https://[::ffff:10.1.2.3]'],
    ['fd00::/8', 'https://[fd12::1]'],
    ['fd00::1', 'https://[fd00::1]:5000'],
    ['[fd00::1]:5000', 'https://[fd00::1]:5000'],
    ['[FD00:0::1]', 'https://[fd00::1]'],
    ['*', 'https://anything.test'],
    ['', 'http://localhost:5000'],
    ['', 'http://127.0.0.1'],
    ['', 'https://[::1]'],
  ])('%j covers %s', (value, url) => {
    expect(isDirect(value, url)).toBe(true);
  });

  it.each([
    ['', 'https://example.com'],
    ['example.com', 'https://badexample.com'],
    ['example.com', 'https://example.com.evil.test'],
    ['.example.com', 'https://example.com'],
    ['*.example.com', 'https://example.com'],
    ['example.com:443', 'https://example.com:5000'],
    ['example.com:443', 'http://example.com'],
    ['10.0.0.0/8', 'https://11.0.0.1'],
    ['10.0.0.0/8', 'https://example.com'],
    ['10.0.0.0/99', 'https://10.0.0.1'],
    ['10.0.0.1:5000', 'https://10.0.0.1'],
    ['fd00::1', 'https://[fd00::2]'],
    [' , :80, .', 'https://example.com'],
  ])('%j does not cover %s', (value, url) => {
    expect(isDirect(value, url)).toBe(false);
  });
});
