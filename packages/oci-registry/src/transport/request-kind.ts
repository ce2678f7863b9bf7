import type { RequestKind } from './registry-event.ts';

const kinds: readonly (readonly [RegExp, RequestKind])[] = [
  [/(?:^|\/)manifests\//, 'manifest'],
  [/(?:^|\/)blobs\/uploads(?:\/|$)/, 'upload'],
  [/(?:^|\/)blobs\//, 'blob'],
  [/(?:^|\/)tags\/list$/, 'tags'],
  [/(?:^|\/)referrers\//, 'referrers'],
  [/(?:^|\/)_catalog$/, 'catalog'],
];

/** What a request is for, by its path below the repository or by its URL. */
export function requestKind(path: string | URL): RequestKind {
  const text = path instanceof URL ? path.pathname : (path.split('?', 1)[0] ?? '');
  return kinds.find(([pattern]) => pattern.test(text))?.[1] ?? 'other';
}
