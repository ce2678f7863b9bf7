import { describe, expect, it } from 'vitest';
import { isDirectory, isModulePath, mainModulePath } from './module-path.ts';

describe('mainModulePath', () => {
  it.each([
    ['github.com/docker/cli/cmd/docker', 'github.com/docker/cli'],
    ['github.com/containers/skopeo/v2/cmd/skopeo', 'github.com/containers/skopeo/v2'],
    ['github.com/a/b', 'github.com/a/b'],
    ['k8s.io/kubernetes/cmd/kube-apiserver', 'k8s.io/kubernetes'],
    ['example.com/tool', 'example.com/tool'],
    ['command-line-arguments', undefined],
    ['local/cmd/tool', undefined],
    ['example.com', undefined],
    ['../tool', undefined],
    [undefined, undefined],
  ])('takes %j for a package of %j', (mainPackage, module) => {
    expect(mainModulePath(mainPackage)).toBe(module);
  });
});

describe('isDirectory', () => {
  it.each(['./a', '../a', '..', '/src/a', 'C:\\src', 'd:/src'])('knows %j', (path) => {
    expect(isDirectory(path)).toBe(true);
    expect(isModulePath(path)).toBe(false);
  });

  it.each(['example.com/a', 'a', '.hidden'])('does not take %j for one', (path) => {
    expect(isDirectory(path)).toBe(false);
  });
});
