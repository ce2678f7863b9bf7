import { readFile, realpath } from 'node:fs/promises';
import { relative } from 'node:path';

/** What the kernel or the running system shows there; nothing in it was installed. */
const systemTypes: ReadonlySet<string> = new Set([
  ...['autofs', 'binfmt_misc', 'bpf', 'cgroup', 'cgroup2', 'configfs', 'debugfs', 'devpts', 'devtmpfs', 'efivarfs'],
  ...['fusectl', 'hugetlbfs', 'mqueue', 'nsfs', 'proc', 'pstore', 'ramfs', 'rpc_pipefs', 'securityfs', 'selinuxfs'],
  ...['sysfs', 'tmpfs', 'tracefs'],
]);

/**
 * The mount points below a directory that only show the state of a running system: `/proc`, `/sys`, `/dev`, `/run` where
 * it is in memory, and the like.
 *
 * @param root - A directory.
 * @param mountTable - What the kernel says is mounted (proc(5), `mountinfo`).
 * @returns paths relative to the root; none where the system has no such table
 */
export async function systemMounts(
  root: string,
  mountTable: string = '/proc/self/mountinfo',
): Promise<ReadonlySet<string>> {
  const [table, top] = await Promise.all([readTable(mountTable), realpath(root)]);
  const paths = parseMounts(table)
    .filter(({ type }) => systemTypes.has(type))
    .map(({ point }) => relative(top, point))
    .filter((path) => path !== '' && path !== '..' && !path.startsWith('../'));
  return new Set(paths);
}

interface Mount {
  readonly point: string;
  readonly type: string;
}

/** Lines such as `25 30 0:23 / /proc rw shared:12 - proc proc rw`; blanks in paths are octal. The last mount on a point counts. */
function parseMounts(table: string): Mount[] {
  const types = new Map<string, string>();
  for (const line of table.split('\n')) {
    const [, escaped, type] = /^(?:\S+ ){4}(\S+) .*? - (\S+) /.exec(line) ?? [];
    if (escaped === undefined || type === undefined) continue;
    const point = escaped.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
    types.set(point, type);
  }
  return Array.from(types, ([point, type]) => ({ point, type }));
}

/** Not every system has one; then every mount is told of. */
async function readTable(mountTable: string): Promise<string> {
  try {
    return await readFile(mountTable, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
