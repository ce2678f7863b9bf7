import type { RuntimeEndpoint } from '@falcon-iar/runtime-socket';
import { parseEndpoint } from '@falcon-iar/runtime-socket';

/** A runtime whose images can be scanned. */
export type ScannableRuntime = 'docker' | 'podman' | 'containerd';

/**
 * Where a runtime listens: at the address that its own tools take from the environment, else at the usual socket.
 *
 * @throws RuntimeError `ENDPOINT_INVALID` for an address that is no unix socket
 */
export function runtimeEndpoint(kind: ScannableRuntime, env: NodeJS.ProcessEnv): RuntimeEndpoint {
  switch (kind) {
    case 'docker':
      return parseEndpoint(env.DOCKER_HOST || 'docker:', { kind });
    case 'podman':
      return parseEndpoint(env.CONTAINER_HOST || 'podman:', { kind });
    case 'containerd': {
      // What ctr and nerdctl call default; containers of Kubernetes live in k8s.io.
      const namespace = env.CONTAINERD_NAMESPACE || 'default';
      return parseEndpoint(env.CONTAINERD_ADDRESS || 'containerd:', { kind, namespace });
    }
  }
}
