import { RuntimeError } from '../runtime-error.ts';
import { defaultSocketPaths } from './default-endpoints.ts';
import type { RuntimeEndpoint, RuntimeKind } from './runtime-endpoint.ts';

/** What the text of an endpoint may leave open. */
export interface ParseEndpointOptions {
  /** The runtime at a bare path or `unix:` address; where it is absent, the name of the socket has to tell. */
  readonly kind?: RuntimeKind | undefined;
  /** containerd namespace. */
  readonly namespace?: string | undefined;
}

/** Longest path of a unix socket on Linux (unix(7): 108 bytes with the final NUL). */
const longestPath = 107;

/**
 * Parses the address of a runtime: `docker:`, `podman:`, `containerd:` or `crio:`, alone for the usual socket or
 * followed by a path or `unix://` address; or `unix:///path` or `/path`, where `kind` or the socket's name tells the
 * runtime.
 *
 * @throws RuntimeError `ENDPOINT_INVALID` for other text, and for `tcp:`, `http:` or `ssh:` addresses
 */
export function parseEndpoint(text: string, options: ParseEndpointOptions = {}): RuntimeEndpoint {
  const prefix = /^(docker|podman|containerd|crio)(?::|$)/.exec(text);
  const named = prefix?.[1] as RuntimeKind | undefined;
  if (named !== undefined && options.kind !== undefined && named !== options.kind) {
    throw invalid(text, `it is for ${named}, not ${options.kind}`);
  }
  const address = prefix ? text.slice(prefix[0].length) : text;
  const socketPath = named !== undefined && address === '' ? defaultSocketPaths[named] : pathOf(text, address);
  const kind = named ?? options.kind ?? kindBySocketName(socketPath);
  if (kind === undefined) throw invalid(text, 'its name does not tell which runtime listens there');
  return { kind, socketPath, ...(options.namespace !== undefined && { namespace: options.namespace }) };
}

function pathOf(text: string, address: string): string {
  const path = address.replace(/^unix:(?:\/\/(?=\/))?/, '');
  if (!path.startsWith('/') || path.endsWith('/') || path.includes('\0')) {
    throw invalid(text, 'it is not the absolute path of a unix socket');
  }
  if (Buffer.byteLength(path) > longestPath) throw invalid(text, `the path is longer than ${longestPath} bytes`);
  return path;
}

function kindBySocketName(path: string): RuntimeKind | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const match = /docker|podman|containerd|crio|cri-o/.exec(name)?.[0];
  return match === 'cri-o' ? 'crio' : (match as RuntimeKind | undefined);
}

function invalid(text: string, why: string): RuntimeError {
  return new RuntimeError('ENDPOINT_INVALID', `endpoint ${JSON.stringify(text.slice(0, 200))}: ${why}`, {
    hint: 'write docker:, podman:, containerd: or crio:, followed by the path of the socket where it is not the usual one',
  });
}
