import { createRuntime } from '../create-runtime.ts';
import type { ReadOptions } from '../image/read-options.ts';
import type { RuntimeVersion } from '../runtime.ts';
import { RuntimeError } from '../runtime-error.ts';
import { defaultEndpoints } from './default-endpoints.ts';
import type { RuntimeEndpoint } from './runtime-endpoint.ts';

/** Options of {@link detectRuntime}. */
export interface DetectOptions extends ReadOptions {
  /** Where to look; the usual sockets when absent. */
  readonly candidates?: readonly RuntimeEndpoint[] | undefined;
  /** How long one candidate may take to answer, in ms. Default 5 000. */
  readonly timeout?: number | undefined;
}

/** A runtime that answers. */
export interface DetectedRuntime {
  /** Where it listens; `kind` is what it says of itself. */
  readonly endpoint: RuntimeEndpoint;
  readonly version: RuntimeVersion;
}

/** What became of the candidates. */
export interface Detection {
  /** The runtimes that answer, in the order of the candidates. */
  readonly found: readonly DetectedRuntime[];
  /** The candidates that do not, and why. */
  readonly refused: readonly { readonly endpoint: RuntimeEndpoint; readonly error: RuntimeError }[];
}

/**
 * Finds the runtimes of this machine by asking at each socket who is there: Podman often stands in for Docker, and a
 * socket that exists need not have anybody behind it. Candidates that fail are told, not thrown.
 */
export async function detectRuntime(options: DetectOptions = {}): Promise<Detection> {
  const candidates = options.candidates ?? defaultEndpoints();
  const asked = await Promise.all(candidates.map((endpoint) => ask(endpoint, options)));
  options.signal?.throwIfAborted();
  return {
    found: asked.filter((answer) => 'version' in answer),
    refused: asked.filter((answer) => 'error' in answer),
  };
}

async function ask(
  endpoint: RuntimeEndpoint,
  options: DetectOptions,
): Promise<DetectedRuntime | Detection['refused'][number]> {
  const timeout = AbortSignal.timeout(options.timeout ?? 5_000);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  try {
    await using runtime = createRuntime(endpoint);
    const version = await runtime.version({ signal });
    return { endpoint: { ...endpoint, kind: version.kind }, version };
  } catch (cause) {
    options.signal?.throwIfAborted();
    if (cause instanceof RuntimeError) return { endpoint, error: cause };
    if (!timeout.aborted) throw cause;
    const what = `${endpoint.socketPath}: no answer in time`;
    return { endpoint, error: new RuntimeError('UNAVAILABLE', what, { cause, retryable: true }) };
  }
}
