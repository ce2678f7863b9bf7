import { writeFile } from 'node:fs/promises';

/** Where an API server is, and who to be there. */
export interface ClusterAccess {
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  readonly token: string;
}

/** Writes a kubeconfig with one context, readable by its owner only; gives its path. */
export async function writeKubeconfig(path: string, { url, ca, token }: ClusterAccess): Promise<string> {
  const name = 'falcon-iar-tests';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  // A kubeconfig is YAML, of which JSON is a part.
  await writeFile(path, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
  return path;
}
