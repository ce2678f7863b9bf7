import { describe, expect, it } from 'vitest';
import { mainModuleVersion } from './main-module-version.ts';

const commit = {
  'vcs.revision': '0123456789abcdef0123456789abcdef01234567',
  'vcs.time': '2024-01-31T09:30:00Z',
};
const versionOf = (settings: Record<string, string>, deps: Parameters<typeof mainModuleVersion>[0]['deps'] = []) =>
  mainModuleVersion({
    ...{ goVersion: 'go1.22.1', deps, settings },
    main: { path: 'example.com/app', version: '(devel)' },
  });
const linked = (ldflags: string) => versionOf({ '-ldflags': ldflags });

describe('mainModuleVersion', () => {
  it('is the stated one where there is one', () => {
    const main = { path: 'example.com/app', version: 'v1.2.3' };
    const info = {
      goVersion: 'go1.22.1',
      deps: [],
      settings: { '-ldflags': '-X main.version=9.9.9', ...commit },
      main,
    };
    expect(mainModuleVersion(info)).toBe('v1.2.3');
  });

  it.each([
    ['-s -w -X main.version=1.2.3', 'v1.2.3'],
    ['-X=main.Version=v1.2.3-rc.1+build.5', 'v1.2.3-rc.1+build.5'],
    [`-X 'main.version=v2.0.0' -X main.commit=abc`, 'v2.0.0'],
    ['-X "example.com/app/internal/build.GitVersion=v1.30.2"', 'v1.30.2'],
    ['--X main.appVersion=0.9.1', 'v0.9.1'],
    [`-X main.version='1.2'`, 'v1.2'],
    ['-X example.com/app/v.Version=2.0.0 -X main.version=1.0.0', 'v1.0.0'],
    ['-X other.org/x.Version=2.0.0 -X example.com/app/v.tag=1.0.0', 'v1.0.0'],
    ['-X other.org/x.Version=2.0.0', 'v2.0.0'],
  ])('is what the linker was told by %j', (ldflags, version) => {
    expect(linked(ldflags)).toBe(version);
  });

  it.each([
    '-X main.goVersion=1.21.0',
    '-X main.version=dev',
    '-X main.version=2024',
    '-X main.apiVersion=v1.2.3',
    '-X main.version',
    '-X',
    'main.version=1.2.3',
    `-X "main.note=the version=1.2.3"`,
    '',
  ])('is not guessed from %j', (ldflags) => {
    expect(linked(ldflags)).toBeUndefined();
  });

  it("is not a dependency's, unless that belongs to the same tree", () => {
    const path = 'k8s.io/component-base';
    const settings = { '-ldflags': `-X '${path}/version.gitVersion=v1.29.1'` };
    expect(versionOf(settings, [{ path, version: 'v0.29.1' }])).toBeUndefined();
    expect(versionOf(settings, [{ path, version: 'v0.0.0', replace: { path: './staging' } }])).toBe('v1.29.1');
  });

  it('is found for a program that was built without modules', () => {
    const settings = { '-ldflags': '-X other.org/x.Version=1.0 -X github.com/docker/cli/cli/version.Version=28.2.2' };
    const info = { goVersion: 'go1.24.3', path: 'github.com/docker/cli/cmd/docker', deps: [], settings };
    expect(mainModuleVersion(info)).toBe('v28.2.2');
  });

  it('is else the pseudo-version of the commit', () => {
    expect(versionOf(commit)).toBe('v0.0.0-20240131093000-0123456789ab');
    expect(versionOf({ ...commit, 'vcs.modified': 'true' })).toBe('v0.0.0-20240131093000-0123456789ab+dirty');
    expect(versionOf({ ...commit, 'vcs.time': 'yesterday' })).toBeUndefined();
    expect(versionOf({ ...commit, 'vcs.revision': 'abc' })).toBeUndefined();
  });

  it('stays linear on a hostile line', () => {
    const start = performance.now();
    linked(`${'-X '.repeat(100_000)}${`"'`.repeat(100_000)}${'a'.repeat(200_000)}`);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
