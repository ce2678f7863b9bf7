import type { ApiClient, ApiObject } from './api-client.ts';

/** Annotations; with `null` one is taken away. */
export type Annotations = Readonly<Record<string, string | null>>;

/** A rule of a ClusterRole. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Who gets the rights of a ClusterRole. */
export type Subject =
  | { readonly kind: 'User'; readonly name: string }
  | { readonly kind: 'ServiceAccount'; readonly namespace: string; readonly name: string };

/** A token of a service account is good for as long as this object lives; the account itself where there is none. */
export interface TokenBinding {
  readonly kind: 'Pod' | 'Secret';
  readonly name: string;
  readonly uid: string;
}

/** User name and password by registry host. */
export type RegistryLogins = Readonly<Record<string, { readonly username: string; readonly password: string }>>;

const core = '/api/v1';
const rbac = { group: 'rbac.authorization.k8s.io', path: '/apis/rbac.authorization.k8s.io/v1' };

/**
 * What an administrator makes in a cluster. No controllers run: a namespace gets no default service account, and one
 * that is deleted stays in the state `Terminating`.
 */
export class Cluster {
  readonly #admin: ApiClient;

  constructor(admin: ApiClient) {
    this.#admin = admin;
  }

  async createNamespace(name: string, annotations: Annotations = {}): Promise<ApiObject> {
    return await this.#admin.post(`${core}/namespaces`, { metadata: { name, annotations } });
  }

  async annotateNamespace(name: string, annotations: Annotations): Promise<void> {
    await this.#admin.patch(`${core}/namespaces/${name}`, { metadata: { annotations } });
  }

  async annotatePod(namespace: string, name: string, annotations: Annotations): Promise<void> {
    await this.#admin.patch(`${core}/namespaces/${namespace}/pods/${name}`, { metadata: { annotations } });
  }

  /** A node as its kubelet registers it. `architecture` and `operatingSystem` in Go's words. */
  async createNode(
    name: string,
    nodeInfo: { readonly architecture: string; readonly operatingSystem: string },
  ): Promise<ApiObject> {
    await this.#admin.post(`${core}/nodes`, {
      metadata: {
        name,
        labels: { 'kubernetes.io/arch': nodeInfo.architecture, 'kubernetes.io/os': nodeInfo.operatingSystem },
      },
    });
    return await this.#admin.patch(`${core}/nodes/${name}/status`, { status: { nodeInfo } });
  }

  async createServiceAccount(
    namespace: string,
    name: string,
    { pullSecrets = [] }: { readonly pullSecrets?: readonly string[] } = {},
  ): Promise<ApiObject> {
    return await this.#admin.post(`${core}/namespaces/${namespace}/serviceaccounts`, {
      metadata: { name },
      imagePullSecrets: pullSecrets.map((secret) => ({ name: secret })),
    });
  }

  async deleteServiceAccount(namespace: string, name: string): Promise<void> {
    await this.#admin.delete(`${core}/namespaces/${namespace}/serviceaccounts/${name}`);
  }

  /** A token as a projected volume has it, valid for an hour at most. */
  async serviceAccountToken(namespace: string, name: string, boundTo?: TokenBinding): Promise<string> {
    const { status } = await this.#admin.post<{ status: { token: string } }>(
      `${core}/namespaces/${namespace}/serviceaccounts/${name}/token`,
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: 3600, ...(boundTo && { boundObjectRef: { apiVersion: 'v1', ...boundTo } }) },
      },
    );
    return status.token;
  }

  /** A Secret of any type; the values are text. */
  async createSecret(
    namespace: string,
    name: string,
    type: string,
    stringData: Readonly<Record<string, string>>,
  ): Promise<ApiObject> {
    return await this.#admin.post(`${core}/namespaces/${namespace}/secrets`, { metadata: { name }, type, stringData });
  }

  /** A Secret as `kubectl create secret docker-registry` makes it. */
  async createPullSecret(namespace: string, name: string, logins: RegistryLogins): Promise<ApiObject> {
    const auths = Object.entries(logins).map(([host, { username, password }]) => [
      host,
      { username, password, auth: btoa(`${username}:${password}`) },
    ]);
    return await this.createSecret(namespace, name, 'kubernetes.io/dockerconfigjson', {
      '.dockerconfigjson': JSON.stringify({ auths: Object.fromEntries(auths) }),
    });
  }

  async deleteSecret(namespace: string, name: string): Promise<void> {
    await this.#admin.delete(`${core}/namespaces/${namespace}/secrets/${name}`);
  }

  /** A ClusterRole and a binding of the same name. */
  async grant(name: string, rules: readonly Rule[], subjects: readonly Subject[]): Promise<void> {
    await this.#admin.post(`${rbac.path}/clusterroles`, { metadata: { name }, rules });
    await this.#admin.post(`${rbac.path}/clusterrolebindings`, {
      metadata: { name },
      roleRef: { apiGroup: rbac.group, kind: 'ClusterRole', name },
      subjects,
    });
  }

  /** Takes back what `grant` gave. */
  async revoke(name: string): Promise<void> {
    await this.#admin.delete(`${rbac.path}/clusterrolebindings/${name}`);
    await this.#admin.delete(`${rbac.path}/clusterroles/${name}`);
  }
}
