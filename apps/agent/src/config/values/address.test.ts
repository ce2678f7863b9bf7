import { describe, expect, it } from 'vitest';
import { hostAndPort, listenHost, originUrl, portOrOff, proxyUrl, socketPath } from './address.ts';

describe('originUrl', () => {
  it.each([
    ['https://api.crowdstrike.com', 'https://api.crowdstrike.com'],
    ['HTTPS://Gateway.Example.com:8443/', 'https://gateway.example.com:8443'],
    ['http://127.0.0.1:9', 'http://127.0.0.1:9'],
  ])('reads %s', (given, origin) => {
    expect(originUrl.parse(given)).toBe(origin);
  });

  it.each(['api.crowdstrike.com', 'https://u:p@h', 'https://h/v1', 'https://h?x', 'ftp://h', 'https://'])(
    'refuses %s',
    (given) => {
      expect(originUrl.safeParse(given).success).toBe(false);
    },
  );
});

describe('proxyUrl', () => {
  it.each([
    ['http://proxy:3128', 'http://proxy:3128/', 'http://proxy:3128'],
    ['proxy.example.com:3128', 'http://proxy.example.com:3128/', 'http://proxy.example.com:3128'],
    ['https://user:p%40ss@proxy', 'https://user:p%40ss@proxy/', 'https://***@proxy'],
    ['user:pass@proxy:1', 'http://user:pass@proxy:1/', 'http://***@proxy:1'],
  ])('reads %s and shows it without its user', (given, url, shown) => {
    const secret = proxyUrl.parse(given);
    expect(secret.reveal()).toBe(url);
    expect(String(secret)).toBe(shown);
  });

  it.each(['socks5://proxy:1080', 'http://', 'a b'])('refuses %s', (given) => {
    expect(proxyUrl.safeParse(given).success).toBe(false);
  });
});

describe('hostAndPort', () => {
  it.each(['localhost', 'Registry.Local:5000', '[::1]:5000', '10.0.0.1', 'my_registry:80'])('takes %s', (given) => {
    expect(hostAndPort.parse(given)).toBe(given.toLowerCase());
  });

  it.each(['http://x', 'x/y', 'x:port', ':5000', '::1', 'x:123456', '-x'])('refuses %s', (given) => {
    expect(hostAndPort.safeParse(given).success).toBe(false);
  });
});

describe('listenHost', () => {
  it('takes addresses and names, IPv6 with or without brackets', () => {
    expect(['0.0.0.0', '::', '[::1]', 'localhost'].map((given) => listenHost.parse(given))).toEqual([
      ...['0.0.0.0', '::', '::1', 'localhost'],
    ]);
  });

  it.each(['http://x', '[::1]:80', 'a b'])('refuses %s', (given) => {
    expect(listenHost.safeParse(given).success).toBe(false);
  });
});

describe('portOrOff', () => {
  it('takes a port, 0 for any, and off', () => {
    expect(['8080', '0', '65535', 'OFF'].map((given) => portOrOff.parse(given))).toEqual([8080, 0, 65_535, 'off']);
  });

  it.each(['65536', '-1', 'on', '80a', 'tcp://10.0.0.1:80'])('refuses %s', (given) => {
    expect(portOrOff.safeParse(given).success).toBe(false);
  });
});

describe('socketPath', () => {
  it.each(['unix:///run/docker.sock', '/run/docker.sock', 'unix:/run/docker.sock'])('reads %s', (given) => {
    expect(socketPath.parse(given)).toBe('/run/docker.sock');
  });

  it.each(['run/docker.sock', 'tcp://127.0.0.1:2375', '/run/', 'unix://', 'unix://run/x'])('refuses %s', (given) => {
    expect(socketPath.safeParse(given).success).toBe(false);
  });
});
