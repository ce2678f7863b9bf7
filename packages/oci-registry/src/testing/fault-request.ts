import type { IncomingHttpHeaders } from 'node:http';
import type { FaultRequest } from './fault.ts';
import type { Route } from './registry-api.ts';

const kinds: Readonly<Record<Route['kind'], FaultRequest['kind']>> = {
  manifests: 'manifest',
  blobs: 'blob',
  uploads: 'upload',
  tags: 'list',
  catalog: 'list',
  referrers: 'list',
  base: 'other',
};

/** A request as fault rules and the log see it. */
export function faultRequest(
  server: 'registry' | 'storage',
  route: Route | undefined,
  { method, url, headers }: { readonly method: string; readonly url: URL; readonly headers: IncomingHttpHeaders },
): FaultRequest {
  const asked = url.pathname === '/token' ? 'token' : route === undefined ? 'other' : kinds[route.kind];
  return {
    kind: server === 'storage' ? 'storage' : asked,
    method,
    reference: route?.reference || undefined,
    path: url.pathname + url.search,
    range: headers.range !== undefined,
  };
}
