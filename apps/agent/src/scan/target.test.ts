import { describe, expect, it } from 'vitest';
import { parseTarget } from './target.ts';

describe('parseTarget', () => {
  it.each([
    ['debian:12', 'registry', 'debian:12'],
    ['registry:debian:12', 'registry', 'debian:12'],
    ['registry:5000', 'registry', '5000'],
    ['127.0.0.1:5000/a/b:1', 'registry', '127.0.0.1:5000/a/b:1'],
    ['oci-layout:./image:latest', 'oci-layout', './image:latest'],
    ['docker-archive:/tmp/a.tar', 'docker-archive', '/tmp/a.tar'],
    ['oci-archive:/tmp/a.tar:1.0', 'oci-archive', '/tmp/a.tar:1.0'],
    ['-', 'archive', '-'],
    ['oci:24', 'registry', 'oci:24'],
    ['docker:alpine:3', 'docker', 'alpine:3'],
    ['containerd:docker.io/library/alpine:3', 'containerd', 'docker.io/library/alpine:3'],
    ['registry:docker:24', 'registry', 'docker:24'],
    ['crio:[/srv/storage]alpine:3', 'crio', '[/srv/storage]alpine:3'],
    ['rootfs:/', 'rootfs', '/'],
    ['rootfs:./a:b', 'rootfs', './a:b'],
  ])('reads %s', (text, scheme, value) => {
    expect(parseTarget(text)).toEqual({ scheme, value });
  });

  it.each([
    ['dir:/mnt', /cannot begin with "dir:"/],
    ['containers-storage:[overlay@/srv]a', /cannot begin with "containers-storage:"/],
    ['rootfs:', /nothing follows "rootfs:"/],
    ['oci-layout:', /nothing follows "oci-layout:"/],
    ['', /no image was named/],
  ])('refuses %j with a hint', (text, message) => {
    expect(() => parseTarget(text)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(message),
        exitCode: 2,
        hint: expect.stringMatching(/\w/),
      }),
    );
  });
});
