import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Daemon, daemonFolder, removeDaemonFolder, startDaemon } from './daemon.ts';
import { runToEnd, runTool } from './run-tool.ts';

/** A containerd with folders of its own. */
export interface Containerd extends Daemon, AsyncDisposable {
  /** Its folder. */
  readonly directory: string;
  /** Runs `ctr` against it, in the namespace `k8s.io`. */
  ctr(...args: readonly string[]): Promise<string>;
}

/** Starts Debian's `containerd`. */
export async function startContainerd(): Promise<Containerd> {
  const directory = await daemonFolder();
  const socketPath = join(directory, 'containerd.sock');
  const config = join(directory, 'config.toml');
  const lines = [
    'version = 2',
    `root = "${join(directory, 'root')}"`,
    `state = "${join(directory, 'state')}"`,
    ...['[grpc]', `address = "${socketPath}"`, '[ttrpc]', `address = "${socketPath}.ttrpc"`],
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  const daemon = await startDaemon('containerd', ['--config', config], socketPath);
  const asked = (args: readonly string[]): string[] => ['--address', socketPath, '--namespace', 'k8s.io', ...args];
  const ctr = (...args: readonly string[]): Promise<string> => runTool('ctr', asked(args));
  return {
    ...daemon,
    directory,
    ctr,
    async [Symbol.asyncDispose]() {
      // Tasks outlive the daemon. One that has ended by itself cannot be killed, which is as good.
      const tasks = (await ctr('tasks', 'list', '--quiet')).split('\n').filter(Boolean);
      for (const task of tasks) await runToEnd('ctr', asked(['tasks', 'delete', '--force', task]));
      await daemon.stop();
      await removeDaemonFolder(directory);
    },
  };
}
