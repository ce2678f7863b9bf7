import { describe, expect, it } from 'vitest';
import { declaredCompression } from './layer-media-type.ts';

describe('declaredCompression', () => {
  it.each([
    ['application/vnd.oci.image.layer.v1.tar', 'none'],
    ['application/vnd.oci.image.layer.v1.tar+gzip', 'gzip'],
    ['application/vnd.oci.image.layer.v1.tar+zstd', 'zstd'],
    ['application/vnd.oci.image.layer.nondistributable.v1.tar+gzip', 'gzip'],
    ['application/vnd.docker.image.rootfs.diff.tar', 'none'],
    ['application/vnd.docker.image.rootfs.diff.tar.gzip', 'gzip'],
    ['application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', 'gzip'],
    ['application/vnd.docker.image.rootfs.diff.tar.zstd', 'zstd'],
    ['application/x-tar', 'none'],
    ['Application/Gzip; charset=binary', 'gzip'],
    ['application/vnd.docker.container.image.rootfs.diff+x-gtar', undefined],
  ])('reads %s as %s', (mediaType, compression) => {
    expect(declaredCompression(mediaType)).toBe(compression);
  });

  it.each([
    'application/vnd.in-toto+json',
    'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
    'application/vnd.dev.cosign.simplesigning.v1+json',
    'application/vnd.wasm.content.layer.v1+wasm',
    'application/vnd.oci.image.layer.v1.tarball',
    'application/octet-stream',
    '',
  ])('refuses %s, which is no layer', (mediaType) => {
    expect(() => declaredCompression(mediaType)).toThrow(expect.objectContaining({ code: 'MEDIA_TYPE_UNKNOWN' }));
  });

  it('names encryption and other compressions as what they are', () => {
    expect(() => declaredCompression('application/vnd.oci.image.layer.v1.tar+gzip+encrypted')).toThrow(/encrypted/);
    expect(() => declaredCompression('application/vnd.oci.image.layer.v1.tar+xz')).toThrow(
      expect.objectContaining({ code: 'COMPRESSION_UNSUPPORTED' }),
    );
  });
});
