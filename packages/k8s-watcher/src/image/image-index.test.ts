import { describe, expect, it } from 'vitest';
import { compileExclusions } from './exclusions.ts';
import { ImageIndex } from './image-index.ts';
import { podImages } from './pod-images.ts';

const digestOf = (digit: string): string => `sha256:${digit.repeat(64)}`;

function record(images: Record<string, string>, { isDisabled = false, reference = 'r.io/app:1' } = {}) {
  const names = Object.keys(images);
  const pod = {
    metadata: { name: 'p', namespace: 'ns', uid: 'u' },
    spec: { containers: names.map((name) => ({ name, image: reference })) },
    status: {
      containerStatuses: names.map((name) => ({ name, imageID: images[name] && `r.io/app@${digestOf(images[name])}` })),
    },
  };
  return {
    uid: 'u',
    name: 'p',
    namespace: 'ns',
    isDisabled,
    images: podImages(pod as Parameters<typeof podImages>[0]),
  };
}

const brief = (events: readonly { type: string; digest: string }[]): string[] =>
  events.map(({ type, digest }) => `${type} ${digest[7]}`);

describe('ImageIndex', () => {
  it('tells a container once, when its digest comes, and again when that changes', () => {
    const index = new ImageIndex(compileExclusions({}));
    expect(brief(index.putPod(record({ a: '' })))).toEqual([]);
    expect(brief(index.putPod(record({ a: '1' })))).toEqual(['seen 1']);
    expect(brief(index.putPod(record({ a: '1' })))).toEqual([]);
    expect(brief(index.putPod(record({ a: '2' })))).toEqual(['seen 2', 'gone 1']);
  });

  it('keeps a digest that the status loses for a while', () => {
    const index = new ImageIndex(compileExclusions({}));
    index.putPod(record({ a: '1' }));
    expect(brief(index.putPod(record({ a: '' })))).toEqual([]);
    expect(brief(index.putPod(record({ a: '1' })))).toEqual([]);
    expect(brief(index.putPod(record({ a: '' }, { reference: 'r.io/app:2' })))).toEqual(['gone 1']);
  });

  it('tells an image gone with the last container of the pod that ran it', () => {
    const index = new ImageIndex(compileExclusions({}));
    expect(brief(index.putPod(record({ a: '1', b: '1' })))).toEqual(['seen 1', 'seen 1']);
    expect(brief(index.putPod(record({ a: '2', b: '1' })))).toEqual(['seen 2']);
    expect(brief(index.removePod(record({})))).toEqual(['gone 2', 'gone 1']);
    expect(index.pods).toBe(0);
    expect(index.removePod(record({}))).toEqual([]);
  });

  it('follows the annotations of pod and namespace', () => {
    const index = new ImageIndex(compileExclusions({}));
    index.setNamespace('ns', true);
    expect(brief(index.putPod(record({ a: '1' })))).toEqual([]);
    expect(brief(index.setNamespace('ns', false))).toEqual(['seen 1']);
    expect(brief(index.setNamespace('ns', false))).toEqual([]);
    expect(brief(index.putPod(record({ a: '1' }, { isDisabled: true })))).toEqual(['gone 1']);
    expect(brief(index.putPod(record({ a: '1' })))).toEqual(['seen 1']);
    expect(brief(index.setNamespace('ns', true))).toEqual(['gone 1']);
  });

  it('leaves out what is excluded', () => {
    expect(new ImageIndex(compileExclusions({ namespaces: ['ns'] })).putPod(record({ a: '1' }))).toEqual([]);
    const byDigest = compileExclusions({ images: [`r.io/app@${digestOf('1')}`] });
    expect(brief(new ImageIndex(byDigest).putPod(record({ a: '1', b: '2' })))).toEqual(['seen 2']);
  });
});
