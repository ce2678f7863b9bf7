import { ContainerdRuntime } from './containerd/containerd-runtime.ts';
import { CriRuntime } from './cri/cri-runtime.ts';
import { DockerRuntime } from './docker/docker-runtime.ts';
import type { RuntimeEndpoint } from './endpoint/runtime-endpoint.ts';
import type { Runtime } from './runtime.ts';

/** Makes a runtime of an endpoint. Nothing is opened yet, so nothing is known to be there. */
export function createRuntime(endpoint: RuntimeEndpoint): Runtime {
  switch (endpoint.kind) {
    case 'docker':
    case 'podman':
      return new DockerRuntime(endpoint);
    case 'containerd':
      return new ContainerdRuntime(endpoint);
    case 'crio':
      return new CriRuntime(endpoint);
  }
}
