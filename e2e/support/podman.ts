import { join } from 'node:path';
import { type Daemon, daemonFolder, removeDaemonFolder, startDaemon } from './daemon.ts';
import { runTool } from './run-tool.ts';

/** Podman's API service with a storage folder of its own. */
export interface Podman extends Daemon, AsyncDisposable {
  /** Runs podman on the same storage. */
  podman(...args: readonly string[]): Promise<string>;
}

/** Runs without a network of its own, and within limits that the machine may be below of Podman's defaults. */
export const podmanRunOptions: readonly string[] = [
  '--network=host',
  '--ulimit=nofile=1024:1024',
  '--ulimit=nproc=1000:1000',
];

/** Starts Debian's `podman system service`. */
export async function startPodman(): Promise<Podman> {
  const directory = await daemonFolder();
  const socketPath = join(directory, 'podman.sock');
  const storage = [
    '--runtime=runc',
    '--cgroup-manager=cgroupfs',
    '--events-backend=file',
    '--tmpdir',
    join(directory, 'tmp'),
  ];
  storage.push('--root', join(directory, 'root'), '--runroot', join(directory, 'run'));
  const podman = (...args: readonly string[]): Promise<string> => runTool('podman', [...storage, ...args]);
  const service = [...storage, 'system', 'service', '--time=0', `unix://${socketPath}`];
  const daemon = await startDaemon('podman', service, socketPath);
  return {
    ...daemon,
    podman,
    async [Symbol.asyncDispose]() {
      await podman('rm', '--all', '--force', '--time=0');
      await daemon.stop();
      await removeDaemonFolder(directory);
    },
  };
}
