import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listens } from './loopback-port.ts';
import { type ServiceProcess, serviceProcess, startInFolder } from './service-process.ts';

/** A running nginx with a folder of its own. */
export interface Nginx extends ServiceProcess, AsyncDisposable {
  /** Lines of the access log so far. */
  log(): Promise<readonly string[]>;
}

/** What nginx is told. */
export interface NginxOptions {
  /** A port of 127.0.0.1 on which it listens when it is ready. */
  readonly port: number;
  /** Directives of the `http` block; `log_format` and `access_log` are there. */
  readonly http: string;
}

/** Starts Debian's nginx. Its log has method, status, whether there was an Authorization, and the URI with its query. */
export async function startNginx({ port, http }: NginxOptions): Promise<Nginx> {
  const directory = await mkdtemp(join(tmpdir(), 'falcon-iar-nginx-'));
  const accessLog = join(directory, 'access.log');
  const scratch = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => {
    return `${name}_temp_path ${join(directory, name)};`;
  });
  const config = join(directory, 'nginx.conf');
  await mkdir(join(directory, 'logs'));
  await writeFile(
    config,
    `daemon off; master_process off; worker_processes 1; pid ${join(directory, 'pid')}; error_log stderr warn;
events { worker_connections 512; }
http {
  ${scratch.join(' ')}
  map $http_authorization $has_authorization { default authorized; "" anonymous; }
  log_format asked '$server_port $request_method $status $has_authorization $request_uri';
  access_log ${accessLog} asked;
  client_max_body_size 0; proxy_request_buffering off; proxy_buffering off; proxy_http_version 1.1;
  ${http}
}
`,
  );
  const service = serviceProcess({
    command: '/usr/sbin/nginx',
    args: ['-c', config, '-p', directory, '-e', 'stderr'],
    isReady: () => listens(port),
  });
  const close = await startInFolder(service, directory);
  return {
    ...service,
    log: async () => (await readFile(accessLog, 'utf8')).split('\n').filter(Boolean),
    [Symbol.asyncDispose]: close,
  };
}
