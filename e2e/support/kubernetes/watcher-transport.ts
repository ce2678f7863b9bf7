import { type ClusterTransport, createClusterTransport, type RequestQuery } from '@falcon-iar/k8s-watcher';
import type { Rule } from './cluster.ts';
import type { KubeApiserver } from './start-kube-apiserver.ts';

/** What the chart's ClusterRole allows. */
export const chartRules: readonly Rule[] = [
  {
    apiGroups: [''],
    resources: ['pods', 'secrets', 'namespaces', 'nodes', 'serviceaccounts'],
    verbs: ['get', 'list', 'watch'],
  },
];

/** The watcher's transport to an API server as one of its users, through another way where `url` is given. */
export function userTransport(
  { url, ca, tokenOf }: KubeApiserver,
  user: string,
  through: string = url,
): ClusterTransport {
  return createClusterTransport({ baseUrl: through, ca, token: tokenOf(user) });
}

/** The same transport, where `beforeRead` is told of every whole read, which waits for it. */
export function spiedTransport(
  transport: ClusterTransport,
  beforeRead: (path: string, query: RequestQuery) => Promise<void> | void,
): ClusterTransport {
  return {
    host: transport.host,
    async getJson(path, options = {}) {
      await beforeRead(path, options.query ?? {});
      return await transport.getJson(path, options);
    },
    getLines: (path, options) => transport.getLines(path, options),
    close: () => transport.close(),
    [Symbol.asyncDispose]: () => transport.close(),
  };
}
