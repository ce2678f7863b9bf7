import { homedir } from 'node:os';
import { join } from 'node:path';

/** Docker's configuration, then the places where Podman, Buildah and Skopeo keep theirs. */
export function credentialFiles(env: NodeJS.ProcessEnv): string[] {
  const files = [join(env.DOCKER_CONFIG || join(homedir(), '.docker'), 'config.json')];
  if (env.REGISTRY_AUTH_FILE) files.push(env.REGISTRY_AUTH_FILE);
  if (env.XDG_RUNTIME_DIR) files.push(join(env.XDG_RUNTIME_DIR, 'containers', 'auth.json'));
  files.push(join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'containers', 'auth.json'));
  return files;
}
