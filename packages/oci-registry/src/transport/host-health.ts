import type { RegistryError } from '../error.ts';
import type { RegistryErrorCode } from '../error-codes.ts';
import { BoundedMap } from './bounded-map.ts';

/** For how long a host that could not be reached is passed over, ms. */
const pause = 30_000;
/** Most hosts remembered. */
const maxHosts = 1024;

/** Failures that cost time and that the next request would meet again. */
const unreachable: ReadonlySet<RegistryErrorCode> = new Set(['NETWORK', 'TIMEOUT', 'TLS', 'PROXY']);

/** Whether a failure says that no use could be made of a connection to the host. */
export function isUnreachable({ code }: RegistryError): boolean {
  return unreachable.has(code);
}

/** Remembers which mirrors could not be reached a moment ago, so that a dead one does not cost each layer a timeout. */
export class HostHealth {
  readonly #now: () => number;
  readonly #until = new BoundedMap<number>(maxHosts);

  /** @param now ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes that a host failed; for how long it is passed over, in ms, where it is. */
  failed(api: URL, error: RegistryError): number | undefined {
    if (!isUnreachable(error)) return undefined;
    this.#until.set(api.origin, this.#now() + pause);
    return pause;
  }

  /** Whether a host is to be passed over now. */
  isPassedOver(api: URL): boolean {
    return (this.#until.get(api.origin) ?? Number.NEGATIVE_INFINITY) > this.#now();
  }
}
