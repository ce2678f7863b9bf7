import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { ClusterAccess } from './kubeconfig.ts';

/** An answer of the API server that is no success. */
export class ApiStatusError extends Error {
  override readonly name = 'ApiStatusError';
  /** HTTP status. */
  readonly status: number;

  constructor(what: string, status: number, body: string) {
    super(`${what}: ${status} ${body.slice(0, 500)}`);
    this.status = status;
  }
}

/** An object of the Kubernetes API, as far as tests look at it. */
export interface ApiObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
  };
  readonly [field: string]: unknown;
}

/** Requests to one API server as one user, some of them at the same time. */
export class ApiClient {
  readonly #access: ClusterAccess;
  readonly #agent: Agent;

  constructor(access: ClusterAccess) {
    this.#access = access;
    this.#agent = new Agent({ ca: access.ca, keepAlive: true, maxSockets: 16 });
  }

  async getText(path: string): Promise<string> {
    return await this.#send('GET', path);
  }

  async get<T = ApiObject>(path: string): Promise<T> {
    return JSON.parse(await this.#send('GET', path)) as T;
  }

  async post<T = ApiObject>(path: string, body: unknown): Promise<T> {
    return JSON.parse(await this.#send('POST', path, body)) as T;
  }

  async put<T = ApiObject>(path: string, body: unknown): Promise<T> {
    return JSON.parse(await this.#send('PUT', path, body)) as T;
  }

  /** A JSON merge patch: `null` takes a field away. */
  async patch<T = ApiObject>(path: string, body: unknown): Promise<T> {
    return JSON.parse(await this.#send('PATCH', path, body)) as T;
  }

  async delete(path: string, options: unknown = {}): Promise<void> {
    await this.#send('DELETE', path, options);
  }

  /** Frees the connections. */
  close(): void {
    this.#agent.destroy();
  }

  async #send(method: string, path: string, body?: unknown): Promise<string> {
    const { url, token } = this.#access;
    const content = Buffer.from(body === undefined ? '' : JSON.stringify(body));
    const sent = request(new URL(path, url), {
      method,
      agent: this.#agent,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${token}`,
        'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
        // Node leaves it out of a DELETE, whose body the server would then take for the next request.
        'content-length': content.length,
      },
    });
    sent.end(content);
    const response = await answerTo(sent);
    const answer = await text(response);
    const status = response.statusCode ?? 0;
    if (status < 200 || status > 299) throw new ApiStatusError(`${method} ${path}`, status, answer);
    return answer;
  }
}

async function answerTo(sent: ClientRequest): Promise<IncomingMessage> {
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
}
