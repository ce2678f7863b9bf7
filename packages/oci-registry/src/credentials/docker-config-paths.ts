import { join } from 'node:path';

/** What decides where credentials of container tools lie. */
export interface DockerConfigPathsOptions {
  /** Environment: `DOCKER_CONFIG`, `REGISTRY_AUTH_FILE`, `XDG_RUNTIME_DIR`, `XDG_CONFIG_HOME`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Home directory of the user. */
  readonly home: string;
  /** Number of the user: without `XDG_RUNTIME_DIR`, podman and skopeo keep logins below `/run/containers/UID`. */
  readonly uid?: number | undefined;
}

/**
 * The files that docker, podman, buildah and skopeo read credentials from, most important first: what the environment
 * names (`DOCKER_CONFIG`, then `REGISTRY_AUTH_FILE`), the login of this session, the one kept for good, then docker's
 * default and its old `~/.dockercfg` (containers-auth.json(5); docker login). `DOCKER_CONFIG` stands instead of
 * `~/.docker`, and `REGISTRY_AUTH_FILE` instead of the session's. Nothing is read: files may be missing.
 */
export function dockerConfigPaths(options: DockerConfigPathsOptions): readonly string[] {
  const { env, home, uid } = options;
  const session = env.XDG_RUNTIME_DIR
    ? join(env.XDG_RUNTIME_DIR, 'containers', 'auth.json')
    : uid !== undefined && `/run/containers/${uid}/auth.json`;
  const files = [
    env.DOCKER_CONFIG && join(env.DOCKER_CONFIG, 'config.json'),
    env.REGISTRY_AUTH_FILE || session,
    join(env.XDG_CONFIG_HOME || join(home, '.config'), 'containers', 'auth.json'),
    !env.DOCKER_CONFIG && join(home, '.docker', 'config.json'),
    join(home, '.dockercfg'),
  ];
  return [...new Set(files.filter((file) => typeof file === 'string' && file !== ''))] as string[];
}
