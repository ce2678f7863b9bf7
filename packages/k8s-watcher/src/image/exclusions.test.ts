import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExclusions } from './exclusions.ts';
import { parseImageName } from './image-name.ts';

const digest = `sha256:${'d'.repeat(64)}`;
const excludes = (images: string[], reference: string, running?: string): boolean =>
  compileExclusions({ images }).image({ reference, ...(running && { digest: running }) });

describe('compileExclusions', () => {
  it('compares namespaces whole and ignores empty entries', () => {
    const rule = compileExclusions({ namespaces: [' kube-system ', ''] });
    expect(['kube-system', 'kube-system-2', ''].map((name) => rule.namespace(name))).toEqual([true, false, false]);
  });

  it.each([
    ['localhost', 'localhost/a', true],
    ['localhost', 'localhost:5000/a', false],
    ['localhost:5000', 'localhost:5000/a/b:1', true],
    ['index.docker.io', 'nginx', true],
    ['docker.io', 'index.docker.io/library/nginx', true],
    ['index.docker.io', 'team/nginx:1', true],
    ['quay.io', 'team/quay.io', false],
    ['My.Registry', 'my.registry/a', true],
  ])('registry %s against %s: %s', (registry, reference, expected) => {
    expect(compileExclusions({ registries: [registry] }).image({ reference })).toBe(expected);
  });

  it.each([
    ['nginx', 'docker.io/library/nginx:latest', true],
    ['nginx', 'nginx:1.25', false],
    ['nginx:1.25', 'index.docker.io/nginx:1.25', true],
    ['nginx', 'quay.io/library/nginx', false],
    ['r.io/a:1', `r.io/a:1@${digest}`, true],
    [`r.io/a@${digest}`, `r.io/a:1@${digest}`, true],
    [`r.io/a@${digest}`, 'r.io/a:1', false],
  ])('image %s against %s: %s', (image, reference, expected) => {
    expect(excludes([image], reference)).toBe(expected);
  });

  it('matches a digest against the running one', () => {
    expect(excludes([`r.io/a@${digest}`], 'r.io/a:1', digest)).toBe(true);
    expect(excludes([`r.io/b@${digest}`], 'r.io/a:1', digest)).toBe(false);
  });

  it.each([{ registries: ['https://r.io'] }, { registries: ['r.io/team'] }, { images: ['not an image'] }])(
    'refuses %j, which could never match',
    (exclusions) => {
      expect(() => compileExclusions(exclusions)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
    },
  );

  it('excludes every image by its own name', () => {
    const reference = fc.stringMatching(
      /^(?:[a-z]{1,5}\.io(?::[0-9]{2,4})?\/)?[a-z]{1,6}(?:\/[a-z]{1,6})?(?::[a-z0-9]{1,5})?$/,
    );
    fc.assert(
      fc.property(reference, fc.string(), (name, noise) => {
        expect(excludes([name], name)).toBe(true);
        // Whatever a pod spec has must not throw.
        expect(parseImageName(noise)?.registry).not.toBe('');
      }),
    );
  });
});
