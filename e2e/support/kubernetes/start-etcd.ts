import { join } from 'node:path';
import { freePort } from '../loopback-port.ts';
import { type ServiceProcess, serviceProcess } from '../service-process.ts';

/** A running etcd with a data folder of its own. */
export interface Etcd extends ServiceProcess {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Forgets all revisions but the newest; what still asks for an older one is told that it is gone. */
  compact(): Promise<void>;
}

/** Starts Debian's etcd with its data in a folder under `directory`. */
export async function startEtcd(directory: string): Promise<Etcd> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const peerUrl = `http://127.0.0.1:${await freePort()}`;
  const args = [
    `--data-dir=${join(directory, 'etcd')}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    '--log-level=error',
  ];
  const isReady = async (): Promise<boolean> => (await fetch(`${url}/health`)).ok;
  const service = serviceProcess({ command: 'etcd', args, isReady });
  await service.start();
  return {
    ...service,
    url,
    async compact() {
      const { header } = (await call(url, 'kv/range', { key: 'AA==', count_only: true })) as {
        header: { revision: string };
      };
      await call(url, 'kv/compaction', { revision: header.revision, physical: true });
    },
  };
}

/** One request to etcd's JSON gateway, where numbers of 64 bits are strings and bytes are base64. */
async function call(url: string, method: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${url}/v3/${method}`, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`etcd ${method}: ${response.status} ${await response.text()}`);
  return await response.json();
}
