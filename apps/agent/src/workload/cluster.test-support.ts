import type { ApiServer } from '@falcon-iar/k8s-watcher/testing';
import type { PushedImage } from '@falcon-iar/oci-registry/testing';

/** What a pod of a test is made of. */
export interface PodParts {
  readonly name: string;
  readonly namespace?: string;
  readonly image: Pick<PushedImage, 'reference' | 'digest'>;
  readonly node?: string;
  readonly serviceAccount?: string;
  readonly pullSecrets?: readonly string[];
}

/** Puts a pod into the cluster that runs an image, as containerd reports it. */
export function putPod(server: ApiServer, parts: PodParts): void {
  const { name, namespace = 'shop', image, node = 'node-1', serviceAccount = 'default', pullSecrets = [] } = parts;
  const repository = image.reference.slice(0, image.reference.lastIndexOf(':'));
  server.put('pods', {
    metadata: { name, namespace, uid: `uid-of-${name}`, ownerReferences: [owner] },
    spec: {
      nodeName: node,
      serviceAccountName: serviceAccount,
      imagePullSecrets: pullSecrets.map((secret) => ({ name: secret })),
      containers: [{ name: 'app', image: image.reference }],
    },
    status: {
      phase: 'Running',
      containerStatuses: [
        {
          ...{ name: 'app', image: image.reference, imageID: `${repository}@${image.digest}` },
          ...{ containerID: `containerd://id-of-${name}`, state: { running: {} } },
        },
      ],
    },
  });
}

const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'app-5d9', uid: 'owner', controller: true };

/** Puts a pull secret into the cluster. */
export function putPullSecret(
  server: ApiServer,
  name: string,
  login: { readonly host: string; readonly password?: string; readonly namespace?: string },
): void {
  const { host, password = 'secret', namespace = 'shop' } = login;
  const config = { auths: { [host]: { auth: Buffer.from(`puller:${password}`).toString('base64') } } };
  server.put('secrets', {
    metadata: { name, namespace },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(JSON.stringify(config)).toString('base64') },
  });
}

/** Puts what every cluster has: its name and a node. */
export function putCluster(server: ApiServer, architecture = 'amd64'): void {
  server.put('namespaces', { metadata: { name: 'kube-system', uid: 'the-cluster' } });
  server.put('nodes', {
    metadata: { name: 'node-1' },
    status: { nodeInfo: { operatingSystem: 'linux', architecture } },
  });
}
