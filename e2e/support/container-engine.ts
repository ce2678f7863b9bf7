import { join } from 'node:path';
import { type Containerd, startContainerd } from './containerd.ts';
import { type Dockerd, startDockerd } from './dockerd.ts';
import { type Podman, podmanRunOptions, startPodman } from './podman.ts';

/** A container runtime, started for a test, in the words that all of them understand. */
export interface ContainerEngine extends AsyncDisposable {
  readonly kind: 'docker' | 'podman' | 'containerd';
  readonly socketPath: string;
  /** Gets an image from a loopback registry. */
  pull(name: string): Promise<void>;
  /** Gives an image a further name, which another may have had. */
  tag(from: string, name: string): Promise<void>;
  /** Starts a container that lasts. */
  run(container: string, image: string, labels?: Readonly<Record<string, string>>): Promise<void>;
  kill(container: string): Promise<void>;
  /** Ends the daemon and starts it anew; `between` runs while it is down. */
  restart(between?: () => Promise<void>): Promise<void>;
}

const lasts = ['/bin/sleep', '100000'];

/** Starts a `dockerd`. */
export async function dockerEngine(): Promise<ContainerEngine> {
  const dockerd: Dockerd = await startDockerd();
  const docker = async (...args: string[]): Promise<void> => void (await dockerd.docker(...args));
  return {
    ...dockerd,
    kind: 'docker',
    pull: (name) => docker('pull', '--quiet', name),
    tag: (from, name) => docker('tag', from, name),
    run: (container, image, labels) =>
      docker('run', '-d', '--network=none', ...labelOptions(labels), '--name', container, image, ...lasts),
    kill: (container) => docker('kill', container),
  };
}

/** Starts Podman's service. */
export async function podmanEngine(): Promise<ContainerEngine> {
  const server: Podman = await startPodman();
  const podman = async (...args: string[]): Promise<void> => void (await server.podman(...args));
  return {
    ...server,
    kind: 'podman',
    pull: (name) => podman('pull', '--quiet', '--tls-verify=false', name),
    tag: (from, name) => podman('tag', from, name),
    run: (container, image, labels) =>
      podman('run', '-d', ...podmanRunOptions, ...labelOptions(labels), '--name', container, image, ...lasts),
    kill: (container) => podman('kill', container),
  };
}

/** A `containerd` as an engine. */
export interface ContainerdEngine extends ContainerEngine {
  readonly kind: 'containerd';
  /** Throws content away, as containerd itself does after unpacking where it is told to. */
  discard(digest: string): Promise<void>;
}

/** Starts a `containerd`. */
export async function containerdEngine(): Promise<ContainerdEngine> {
  const containerd: Containerd = await startContainerd();
  const ctr = async (...args: string[]): Promise<void> => void (await containerd.ctr(...args));
  // By default runc keeps the containers of all daemons in one place, under their names.
  const ownState = ['--runc-root', join(containerd.directory, 'runc')];
  return {
    ...containerd,
    kind: 'containerd',
    pull: (name) => ctr('images', 'pull', '--plain-http', name),
    tag: (from, name) => ctr('images', 'tag', '--force', from, name),
    run: (container, image, labels) =>
      ctr('run', '--detach', '--null-io', ...ownState, ...labelOptions(labels), image, container, ...lasts),
    kill: (container) => ctr('tasks', 'kill', '--signal', 'SIGKILL', container),
    discard: (digest) => ctr('content', 'rm', digest),
  };
}

function labelOptions(labels: Readonly<Record<string, string>> = {}): string[] {
  return Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]);
}
