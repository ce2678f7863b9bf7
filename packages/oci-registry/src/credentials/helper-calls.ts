import { RegistryError } from '../error.ts';
import { SingleFlight } from '../transport/single-flight.ts';
import type { Credential } from './credential.ts';
import { readHelperAnswer } from './helper-answer.ts';
import { helperFailure } from './helper-failure.ts';
import type { CredentialHelperOptions, CredentialHelperOutput } from './helper-options.ts';
import { runHelperProcess } from './helper-process.ts';

/** Names become part of a program's name: nothing in them may lead elsewhere. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

const defaultTimeout = 10_000;

/** Whether a configuration names a helper in a way that can be followed. */
export function isHelperName(name: string): boolean {
  return name.length <= 100 && namePattern.test(name);
}

/** Asks the credential helpers that may be run. */
export interface HelperCalls {
  /** Whether it is allowed to run a helper. */
  allows(name: string): boolean;
  /**
   * The credential that a helper has for an address, `undefined` where it has none. Nothing is kept: each call runs the
   * helper, but calls at the same time share one run.
   *
   * Rejects with RegistryError `CREDENTIALS_UNAVAILABLE`, and with the signal's reason.
   */
  get(name: string, server: string, signal: AbortSignal | undefined): Promise<Credential | undefined>;
}

/** Makes the calls that some options allow; none without. */
export function createHelperCalls(options: CredentialHelperOptions | undefined): HelperCalls {
  const { allow = [], env = {}, timeout = defaultTimeout, run = runHelperProcess } = options ?? {};
  const path = options?.path ?? env.PATH ?? '';
  const flights = new SingleFlight<Credential | undefined>();

  const runInTime = async (program: string, server: string, signal: AbortSignal): Promise<CredentialHelperOutput> => {
    const late = AbortSignal.timeout(timeout);
    try {
      return await run({ program, server, env, path, signal: AbortSignal.any([signal, late]) });
    } catch (error) {
      signal.throwIfAborted();
      if (late.aborted) {
        const reason = `it gave no answer within ${timeout} ms and was killed`;
        throw helperFailure(program, server, reason, { retryable: true });
      }
      if (error instanceof RegistryError) throw error;
      const code = (error as NodeJS.ErrnoException | undefined)?.code;
      throw helperFailure(program, server, `it cannot be run${code === undefined ? '' : `: ${code}`}`, {
        cause: error,
      });
    }
  };

  return {
    allows: (name) => isHelperName(name) && (allow === 'any' || allow.includes(name)),
    get(name, server, signal) {
      const program = `docker-credential-${name}`;
      const work = async (shared: AbortSignal) =>
        readHelperAnswer(program, server, await runInTime(program, server, shared));
      return flights.run(`${name}\n${server}`, work, signal);
    },
  };
}
