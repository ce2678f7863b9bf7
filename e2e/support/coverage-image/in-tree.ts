import { runTool } from '../run-tool.ts';

/** Runs a program of the tree in the tree, without the caller's environment, and gives its standard output. */
export async function inTree(tree: string, command: string, args: readonly string[]): Promise<string> {
  return await runTool('chroot', [tree, command, ...args], {
    env: {
      ...{ PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8', HOME: '/tmp' },
      COMPOSER_ALLOW_SUPERUSER: '1',
    },
  });
}
