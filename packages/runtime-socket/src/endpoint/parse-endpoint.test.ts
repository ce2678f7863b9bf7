import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RuntimeError } from '../runtime-error.ts';
import { parseEndpoint } from './parse-endpoint.ts';

describe('parseEndpoint', () => {
  it.each([
    ['docker:', 'docker', '/run/docker.sock'],
    ['podman', 'podman', '/run/podman/podman.sock'],
    ['containerd:/x/y.sock', 'containerd', '/x/y.sock'],
    ['crio:unix:///x/y.sock', 'crio', '/x/y.sock'],
    ['unix:///run/containerd/containerd.sock', 'containerd', '/run/containerd/containerd.sock'],
    ['unix:/run/podman/podman.sock', 'podman', '/run/podman/podman.sock'],
    ['/var/run/docker.sock', 'docker', '/var/run/docker.sock'],
    ['/run/cri-o.sock', 'crio', '/run/cri-o.sock'],
  ])('reads %s', (text, kind, socketPath) => {
    expect(parseEndpoint(text)).toEqual({ kind, socketPath });
  });

  it('takes kind and namespace where the text leaves them open', () => {
    const options = { kind: 'containerd', namespace: 'moby' } as const;
    expect(parseEndpoint('unix:///a.sock', options)).toEqual({ socketPath: '/a.sock', ...options });
  });

  it.each([
    '',
    'tcp://127.0.0.1:2375',
    'docker.sock',
    'unix://relative',
    '/run/',
    '/a.sock',
    `/docker${'x'.repeat(120)}`,
  ])('refuses %j', (text) => {
    expect(() => parseEndpoint(text)).toThrow(expect.objectContaining({ code: 'ENDPOINT_INVALID' }));
  });

  it('refuses a prefix that contradicts the kind asked for', () => {
    expect(() => parseEndpoint('docker:', { kind: 'podman' })).toThrow('it is for docker, not podman');
  });

  it('never throws anything but its own error', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(parseEndpoint(text).socketPath).toMatch(/^\//);
        } catch (error) {
          expect(error).toBeInstanceOf(RuntimeError);
        }
      }),
    );
  });
});
