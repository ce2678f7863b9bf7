/**
 * What the pull script prints for `--get-pull-token`: a docker config with one login, in base64, byte for byte as it makes
 * it. It is the `.dockerconfigjson` of a Kubernetes Secret as it stands under `data`, and opens the registry: a secret.
 *
 * @param registry - Host.
 */
export function createPullToken(
  registry: string,
  { username, password }: { readonly username: string; readonly password: string },
): string {
  const auth = base64(`${username}:${password}`);
  return base64(`{"auths": { "${registry}": { "auth": "${auth}" } } }`);
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
