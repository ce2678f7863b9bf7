import { describe, expect, it } from 'vitest';
import { parsePullTarget } from './pull-target.ts';

describe('parsePullTarget', () => {
  it.each([
    ['docker-archive:/tmp/a.tar', { kind: 'docker-archive', path: '/tmp/a.tar' }],
    ['oci-archive:a:b.tar', { kind: 'oci-archive', path: 'a:b.tar' }],
    ['oci-layout:out', { kind: 'oci-layout', path: 'out', tag: undefined }],
    ['oci-layout:out/a:1.0.24', { kind: 'oci-layout', path: 'out/a', tag: '1.0.24' }],
    ['oci-layout:/a:b/c', { kind: 'oci-layout', path: '/a:b/c', tag: undefined }],
    ['docker', { kind: 'engine', engine: 'docker' }],
    ['podman:', { kind: 'engine', engine: 'podman' }],
  ])('reads %s', (text, target) => {
    expect(parsePullTarget(text, 'docker')).toEqual(target);
  });

  it('takes the engine of the environment where nothing is said', () => {
    expect(parsePullTarget(undefined, 'Podman')).toEqual({ kind: 'engine', engine: 'podman' });
    expect(() => parsePullTarget(undefined, '')).toThrow('not said where to pull to');
  });

  it.each(['skopeo', 'docker:app:1', 'docker-archive:', 'oci-layout:', 'a.tar', 'rootfs:/x'])('refuses %s', (text) => {
    expect(() => parsePullTarget(text, undefined)).toThrow(
      expect.objectContaining({ name: 'UsageError', exitCode: 2 }),
    );
  });
});
