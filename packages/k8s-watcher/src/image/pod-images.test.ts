import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseImageId } from './parse-image-id.ts';
import { podImages } from './pod-images.ts';

const hex = (digit: string): string => digit.repeat(64);
const status = (name: string, imageID: string) => ({ name, imageID, containerID: `containerd://${name}-id` });

describe('podImages', () => {
  it('gives init, ordinary and ephemeral containers with what their runtimes report', () => {
    const images = podImages({
      metadata: {
        name: 'web-1',
        namespace: 'shop',
        uid: 'u1',
        ownerReferences: [
          { kind: 'Thing', name: 'bystander' },
          { kind: 'ReplicaSet', name: 'web', controller: true },
        ],
      },
      spec: {
        nodeName: 'n1',
        serviceAccountName: 'default',
        imagePullSecrets: [{ name: 'a' }, {}, { name: 'a' }],
        initContainers: [{ name: 'setup', image: 'busybox' }],
        containers: [{ name: 'web', image: 'nginx:1' }],
        ephemeralContainers: [{ name: 'debug', image: 'alpine' }],
      },
      status: {
        initContainerStatuses: [status('setup', `docker.io/library/busybox@sha256:${hex('a')}`)],
        containerStatuses: [status('other', hex('f')), status('web', `docker://sha256:${hex('b')}`)],
        ephemeralContainerStatuses: [{ name: 'debug', imageID: '' }],
      },
    });
    const pod = {
      namespace: 'shop',
      podName: 'web-1',
      podUid: 'u1',
      nodeName: 'n1',
      owner: { kind: 'ReplicaSet', name: 'web' },
      serviceAccountName: 'default',
      pullSecretNames: ['a'],
    };
    expect(images).toEqual([
      {
        reference: 'busybox',
        kind: 'init',
        context: { ...pod, containerName: 'setup', containerId: 'setup-id' },
        digest: `sha256:${hex('a')}`,
        digestOf: 'manifest',
        pullReference: `docker.io/library/busybox@sha256:${hex('a')}`,
      },
      {
        reference: 'nginx:1',
        kind: 'container',
        context: { ...pod, containerName: 'web', containerId: 'web-id' },
        digest: `sha256:${hex('b')}`,
        digestOf: 'config',
      },
      { reference: 'alpine', kind: 'ephemeral', context: { ...pod, containerName: 'debug' } },
    ]);
  });

  it('reads a pod that nothing was scheduled of yet', () => {
    expect(podImages({ metadata: { name: 'p', uid: 'u' } })).toEqual([]);
    expect(podImages({ metadata: { name: 'p', uid: 'u' }, spec: { containers: [{ name: 'c' }] } })).toEqual([
      {
        reference: '',
        kind: 'container',
        context: { namespace: 'default', podName: 'p', podUid: 'u', containerName: 'c', pullSecretNames: [] },
      },
    ]);
  });
});

describe('parseImageId', () => {
  it.each([
    [`docker-pullable://r.example:5000/a/b@sha256:${hex('1')}`, 'manifest', `r.example:5000/a/b@sha256:${hex('1')}`],
    [`r.example:5000/a/b:tag@sha256:${hex('1')}`, 'manifest', `r.example:5000/a/b@sha256:${hex('1')}`],
    [`docker.io/library/nginx@sha256:${hex('1')}`, 'manifest', `docker.io/library/nginx@sha256:${hex('1')}`],
    [`<none>@sha256:${hex('1')}`, 'manifest', undefined],
    [`docker://sha256:${hex('1')}`, 'config', undefined],
    [`sha256:${hex('1')}`, 'config', undefined],
    [hex('1'), 'config', undefined],
    [`cri-o://${hex('1')}`, 'config', undefined],
  ])('reads %s', (imageId, digestOf, pullReference) => {
    const expected = { digest: `sha256:${hex('1')}`, digestOf, ...(pullReference && { pullReference }) };
    expect(parseImageId(imageId)).toEqual(expected);
  });

  it.each(['', 'nginx', 'nginx:1.25', 'sha256:abc', `sha256:${hex('A')}`, `r@md5:${hex('1')}`, `r@${hex('1')}`])(
    'finds no digest in %j',
    (imageId) => expect(parseImageId(imageId)).toBeUndefined(),
  );

  const digests = fc
    .constantFrom<[string, number]>(['sha256', 64], ['sha384', 96], ['sha512', 128])
    .chain(([algorithm, length]) =>
      fc
        .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
        .map((text) => `${algorithm}:${text}`),
    );
  const repositories = fc.stringMatching(
    /^[a-z0-9]{1,8}(?::[0-9]{1,5})?(?:\/[a-z0-9]{1,8}(?:[._-][a-z0-9]{1,4})?){1,3}$/,
  );
  const schemes = fc.constantFrom('', 'docker://', 'docker-pullable://', 'containerd://', 'cri-o://');

  it('finds the digest and repository again under every scheme and tag', () => {
    fc.assert(
      fc.property(
        schemes,
        repositories,
        fc.constantFrom('', ':latest', ':1.2-x'),
        digests,
        (scheme, name, tag, digest) => {
          expect(parseImageId(`${scheme}${name}${tag}@${digest}`)).toEqual({
            digest,
            digestOf: 'manifest',
            pullReference: `${name}@${digest}`,
          });
          expect(parseImageId(`${scheme}${digest}`)).toEqual({ digest, digestOf: 'config' });
        },
      ),
    );
  });

  it('never throws, and only ever gives a well-formed digest', () => {
    const pieces = fc.oneof(fc.string(), digests, repositories, schemes, fc.constantFrom('@', ':', '/', '://'));
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 6 }), (parts) => {
        const { digest = `sha256:${hex('0')}` } = parseImageId(parts.join('')) ?? {};
        expect(digest).toMatch(/^sha(?:256:[0-9a-f]{64}|384:[0-9a-f]{96}|512:[0-9a-f]{128})$/);
      }),
    );
  });
});
