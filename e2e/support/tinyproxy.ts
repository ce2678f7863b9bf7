import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, listens } from './loopback-port.ts';
import { serviceProcess, startInFolder } from './service-process.ts';

/** A running HTTP proxy. */
export interface Tinyproxy extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Requests it was sent, `CONNECT registry.test:443` and `GET http://…`, oldest first. */
  asked(): Promise<readonly string[]>;
}

/** What the proxy is told. */
export interface TinyproxyOptions {
  /** Names that it alone knows, as addresses of this machine. */
  readonly names: readonly string[];
  /** The only user it serves. */
  readonly user?: { readonly name: string; readonly password: string };
}

/** Starts Debian's tinyproxy, in a mount namespace where /etc/hosts has the names. Takes root. */
export async function startTinyproxy({ names, user }: TinyproxyOptions): Promise<Tinyproxy> {
  const directory = await mkdtemp(join(tmpdir(), 'falcon-iar-tinyproxy-'));
  const [config, hosts, log] = ['tinyproxy.conf', 'hosts', 'log'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  const port = await freePort();
  await writeFile(hosts, `127.0.0.1 localhost ${names.join(' ')}\n`);
  const lines = [`Port ${port}`, 'Listen 127.0.0.1', 'Allow 127.0.0.1', 'Timeout 60', 'MaxClients 64'];
  lines.push(`LogFile "${log}"`, 'LogLevel Connect', ...(user ? [`BasicAuth ${user.name} ${user.password}`] : []));
  await writeFile(config, `${lines.join('\n')}\n`);
  const service = serviceProcess({
    command: 'unshare',
    args: [
      ...['--mount', '--propagation', 'private', 'sh', '-c'],
      'mount --bind "$0" /etc/hosts && exec tinyproxy -d -c "$1"',
      ...[hosts, config],
    ],
    isReady: () => listens(port),
  });
  const close = await startInFolder(service, directory);
  return {
    url: `http://127.0.0.1:${port}`,
    async asked() {
      const text = await readFile(log, 'utf8');
      return [...text.matchAll(/Request \(file descriptor \d+\): (\S+ \S+) HTTP/g)].map(([, request]) => request ?? '');
    },
    [Symbol.asyncDispose]: close,
  };
}
