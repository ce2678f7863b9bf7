import { looksLikeHost } from './parse-reference.ts';
import type { Reference } from './reference.ts';

/** How {@link formatReference} prints. */
export interface FormatReferenceOptions {
  /** Leave `docker.io/` and `library/` away where the short form still means the same. Default false. */
  readonly familiar?: boolean | undefined;
}

function suffix(reference: Reference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  return tag + digest;
}

/** Prints a reference in full: `docker.io/library/alpine:3.22@sha256:…`. Parsing the result gives the reference back. */
export function formatReference(reference: Reference, options: FormatReferenceOptions = {}): string {
  const canonical = `${reference.registry}/${reference.repository}${suffix(reference)}`;
  if (options.familiar !== true || reference.registry !== 'docker.io') return canonical;
  const short = reference.repository.replace(/^library\/(?=[^/]+$)/, '');
  // docker.io/localhost/app must not become localhost/app: that is another registry.
  const slash = short.indexOf('/');
  return slash > 0 && looksLikeHost(short.slice(0, slash)) ? canonical : `${short}${suffix(reference)}`;
}
