import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'undici';
import type { TestRegistry } from './test-registry.ts';

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What is sent with a request. */
export interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Sends a plain request, `GET /v2/…` or with a whole URL, and reads the answer. */
export async function ask(registry: TestRegistry, line: string, { headers, body }: Asked = {}): Promise<Answer> {
  const [method = '', target = ''] = line.split(' ');
  const response = await request(new URL(target, registry.url), {
    method: method as 'GET',
    headers: { ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : Buffer.from(body) }),
  });
  const read = Buffer.from(await response.body.arrayBuffer());
  return { status: response.statusCode, headers: response.headers, body: read };
}

/** The code of an error document. */
export function codeOf({ body }: Answer): string | undefined {
  const document = JSON.parse(body.toString()) as { readonly errors?: readonly { readonly code: string }[] };
  return document.errors?.[0]?.code;
}
