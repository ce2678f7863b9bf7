import { join } from 'node:path';
import { type Daemon, daemonFolder, removeDaemonFolder, startDaemon } from './daemon.ts';
import { runTool } from './run-tool.ts';

/** A Docker daemon with a storage folder of its own and no network. */
export interface Dockerd extends Daemon, AsyncDisposable {
  /** Runs the docker client against it. */
  docker(...args: readonly string[]): Promise<string>;
}

/** Starts Debian's `dockerd`. */
export async function startDockerd(): Promise<Dockerd> {
  const directory = await daemonFolder();
  const socketPath = join(directory, 'docker.sock');
  const folders = ['--data-root', join(directory, 'data'), '--exec-root', join(directory, 'exec')];
  const network = ['--iptables=false', '--ip6tables=false', '--bridge=none'];
  const listening = ['-H', `unix://${socketPath}`, '-p', join(directory, 'pid')];
  const daemon = await startDaemon('dockerd', [...network, ...folders, ...listening], socketPath);
  return {
    ...daemon,
    docker: (...args) => runTool('docker', ['-H', `unix://${socketPath}`, ...args]),
    async [Symbol.asyncDispose]() {
      await daemon.stop();
      await removeDaemonFolder(directory);
    },
  };
}
