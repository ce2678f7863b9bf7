import { describe, expect, it } from 'vitest';
import { dockerConfigPaths } from './docker-config-paths.ts';

const home = '/root';

describe('dockerConfigPaths', () => {
  it('names the usual files where the environment says nothing', () => {
    expect(dockerConfigPaths({ env: {}, home })).toEqual([
      '/root/.config/containers/auth.json',
      '/root/.docker/config.json',
      '/root/.dockercfg',
    ]);
  });

  it('puts what the environment names before them, and instead of what it stands for', () => {
    const env = {
      DOCKER_CONFIG: '/etc/docker-login',
      REGISTRY_AUTH_FILE: '/run/secrets/auth.json',
      XDG_RUNTIME_DIR: '/run/user/1000',
      XDG_CONFIG_HOME: '/root/etc',
    };
    expect(dockerConfigPaths({ env, home, uid: 1000 })).toEqual([
      '/etc/docker-login/config.json',
      '/run/secrets/auth.json',
      '/root/etc/containers/auth.json',
      '/root/.dockercfg',
    ]);
  });

  it('finds the login of the session, also where there is no directory of the session', () => {
    expect(dockerConfigPaths({ env: { XDG_RUNTIME_DIR: '/run/user/1000' }, home, uid: 1000 })[0]).toBe(
      '/run/user/1000/containers/auth.json',
    );
    expect(dockerConfigPaths({ env: {}, home, uid: 0 })[0]).toBe('/run/containers/0/auth.json');
  });

  it('takes an empty variable for none, and names no file twice', () => {
    const env = { DOCKER_CONFIG: '', REGISTRY_AUTH_FILE: '/root/.docker/config.json', XDG_CONFIG_HOME: '' };
    expect(dockerConfigPaths({ env, home })).toEqual([
      '/root/.docker/config.json',
      '/root/.config/containers/auth.json',
      '/root/.dockercfg',
    ]);
  });
});
