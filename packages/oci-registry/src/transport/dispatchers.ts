import { getCACertificates } from 'node:tls';
import { Agent } from 'undici';
import { guardedLookup } from './address.ts';
import type { RegistryClientOptions } from './client-options.ts';

/** The connection pools of one client. */
export interface Dispatchers {
  /** For the registries the caller named. */
  readonly named: Agent;
  /** For hosts a registry named, in a realm or redirect: refuses names that lead to metadata addresses. */
  readonly foreign: Agent;
}

function tlsSettings(options: RegistryClientOptions): { ca?: string[]; rejectUnauthorized?: boolean } {
  const { ca, rejectUnauthorized } = options.tls ?? {};
  const extra = ca === undefined ? [] : typeof ca === 'string' ? [ca] : [...ca];
  return {
    // Node takes `ca` instead of its own list, so its own list is handed back.
    ...(extra.length > 0 && { ca: [...getCACertificates('default'), ...extra] }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  };
}

/** Makes the pools. Nothing is connected before the first request. */
export function createDispatchers(options: RegistryClientOptions): Dispatchers {
  const { connectTimeout = 10_000, headersTimeout = 30_000, bodyTimeout = 60_000 } = options.limits ?? {};
  const connect = { timeout: connectTimeout, autoSelectFamily: true, ...tlsSettings(options) };
  // One request per connection: blobs are large, and an early exit must cost only its own socket.
  const common = { headersTimeout, bodyTimeout, pipelining: 1, allowH2: false, keepAliveTimeout: 10_000 };
  return {
    named: new Agent({ ...common, connect }),
    foreign: new Agent({ ...common, connect: { ...connect, lookup: guardedLookup } }),
  };
}
