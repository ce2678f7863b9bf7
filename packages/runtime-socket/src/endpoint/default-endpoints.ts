import type { RuntimeEndpoint, RuntimeKind } from './runtime-endpoint.ts';

/** Where each runtime listens unless it is told otherwise. */
export const defaultSocketPaths: Readonly<Record<RuntimeKind, string>> = {
  docker: '/run/docker.sock',
  containerd: '/run/containerd/containerd.sock',
  crio: '/run/crio/crio.sock',
  podman: '/run/podman/podman.sock',
};

/** The usual places of the runtimes, in the order in which they are asked. */
export function defaultEndpoints(): RuntimeEndpoint[] {
  return Object.entries(defaultSocketPaths).map(([kind, socketPath]) => ({ kind: kind as RuntimeKind, socketPath }));
}
