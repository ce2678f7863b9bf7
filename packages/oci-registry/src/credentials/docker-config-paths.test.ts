import { describe, expect, it } from 'vitest';
import { dockerConfigPaths } from './docker-config-paths.ts';

const home = '/var/lib/robot';

describe('dockerConfigPaths', () => {
  it('names the usual files where the environment says nothing', () => {
    expect(dockerConfigPaths({ env: {}, home })).toEqual([
      '/var/lib/robot/.config/containers/auth.json',
      '/var/lib/robot/.docker/config.json',
      '/var/lib/robot/.dockercfg',
    ]);
  });

  it('puts what the environment names before them, and instead of what it stands for', () => {
    const env = {
      DOCKER_CONFIG: '/etc/docker-login',
      REGISTRY_AUTH_FILE: '/run/secrets/auth.json',
      XDG_RUNTIME_DIR: '/run/user/1000',
      XDG_CONFIG_HOME: '/var/lib/robot/etc',
    };
    expect(dockerConfigPaths({ env, home, uid: 1000 })).toEqual([
      '/etc/docker-login/config.json',
      '/run/secrets/auth.json',
      '/var/lib/robot/etc/containers/auth.json',
      '/var/lib/robot/.dockercfg',
    ]);
  });

  it('finds the login of the session, also where there is no directory of the session', () => {
    expect(dockerConfigPaths({ env: { XDG_RUNTIME_DIR: '/run/user/1000' }, home, uid: 1000 })[0]).toBe(
      '/run/user/1000/containers/auth.json',
    );
    expect(dockerConfigPaths({ env: {}, home, uid: 0 })[0]).toBe('/run/containers/0/auth.json');
  });

  it('takes an empty variable for none, and names no file twice', () => {
    const env = { DOCKER_CONFIG: '', REGISTRY_AUTH_FILE: '/var/lib/robot/.docker/config.json', XDG_CONFIG_HOME: '' };
    expect(dockerConfigPaths({ env, home })).toEqual([
      '/var/lib/robot/.docker/config.json',
      '/var/lib/robot/.config/containers/auth.json',
      '/var/lib/robot/.dockercfg',
    ]);
  });
});
