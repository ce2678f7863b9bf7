import { anonymousKeychain, type Keychain, type KeychainTarget } from '../credentials/keychain.ts';
import { RegistryError } from '../error.ts';
import { isPlainTwin } from '../hosts/plain-twin.ts';
import type { RegistryHost } from '../hosts/registry-host.ts';
import type { RegistryClientOptions } from './client-options.ts';
import { registryEndpoint } from './endpoint.ts';
import { EventReporter } from './event-reporter.ts';
import { chooseHosts } from './host-choice.ts';
import { HostExchange } from './host-exchange.ts';
import { type HostFailure, hostsFailed, isHostFailure } from './host-failure.ts';
import { HostHealth, isUnreachable } from './host-health.ts';
import { type HttpRequest, type HttpResponse, HttpTransport } from './http.ts';
import type { RateLimit } from './rate-limit.ts';
import type { RegistryRequest } from './registry-request.ts';
import { Retries } from './retries.ts';
import { retryPolicy } from './retry.ts';

/** Takes what it wants of a response, and leaves nothing of it open. */
export type ResponseReader<T> = (response: HttpResponse) => Promise<T> | T;

/** Asks repositories: of the hosts that have one, the first that can answer. */
export class RegistryTransport {
  /** What is sent again, and when. */
  readonly retries: Retries;
  /** Whom to tell what happens. */
  readonly events: EventReporter;
  readonly #http: HttpTransport;
  readonly #exchange: HostExchange;
  readonly #health: HostHealth;
  readonly #keychain: Keychain;
  readonly #options: RegistryClientOptions;

  /** @throws RegistryError `PROXY` for a proxy that is not a URL */
  constructor(options: RegistryClientOptions) {
    this.#options = options;
    this.events = new EventReporter(options.onEvent);
    this.retries = new Retries(retryPolicy(options.retry), this.events);
    this.#http = new HttpTransport(options, this.retries, this.events);
    this.#exchange = new HostExchange(this.#http, options.now ?? Date.now);
    this.#health = new HostHealth(options.now ?? (() => performance.now()));
    this.#keychain = options.keychain ?? anonymousKeychain();
  }

  /**
   * Resolves to a response with an accepted status and an unread body.
   *
   * @throws RegistryError whatever keeps it from that.
   */
  request(target: KeychainTarget, asked: RegistryRequest): Promise<HttpResponse> {
    return this.ask(target, asked, (response) => response);
  }

  /**
   * Asks for something, and reads the answer. An answer that proves wrong while it is read counts as a failure of its
   * host like any other: the next host is asked. One that is cut is asked for again where there is no other host.
   *
   * @param read for each answer anew
   * @throws RegistryError that of the last host, with those before it in `cause`
   */
  async ask<T>(target: KeychainTarget, asked: RegistryRequest, read: ResponseReader<T>): Promise<T> {
    const hosts = await chooseHosts(target, asked, this.#options);
    const failures: HostFailure[] = [];
    const passedOver: RegistryHost[] = [];
    for (const [index, host] of hosts.entries()) {
      const before = failures.at(-1);
      // What could be spoken to over https is not asked again in the clear.
      if (before !== undefined && isPlainTwin(host, before.host) && !isUnreachable(before.error)) continue;
      const replaceable = hosts.slice(index + 1).some((other) => !isPlainTwin(other, host));
      if (replaceable && this.#health.isPassedOver(host.api)) {
        passedOver.push(host);
        continue;
      }
      try {
        return await this.#askHost(host, asked, read, replaceable);
      } catch (error) {
        asked.signal?.throwIfAborted();
        if (!isHostFailure(error)) throw error;
        failures.push({ host, error });
        if (replaceable) this.#tellFailed(host, error);
      }
    }
    throw hostsFailed(failures, passedOver);
  }

  /** Sends a request that is to no registry, and so without any credential. */
  send(request: HttpRequest): Promise<HttpResponse> {
    return this.#http.send(request);
  }

  /** Base URL of a registry itself, whatever its mirrors. */
  endpoint(registry: string): URL {
    return registryEndpoint(registry, this.#options);
  }

  /** The latest rate limit that a registry told. */
  rateLimit(registry: string): RateLimit | undefined {
    return this.events.rateLimit(this.endpoint(registry).host);
  }

  /** Ends all connections. */
  close(): Promise<void> {
    return this.#http.close();
  }

  async #askHost<T>(
    host: RegistryHost,
    asked: RegistryRequest,
    read: ResponseReader<T>,
    replaceable: boolean,
  ): Promise<T> {
    const { keychain = this.#keychain, signal } = asked;
    for (let attempt = 1; ; attempt++) {
      const response = await this.#exchange.send(host, asked, keychain, replaceable);
      try {
        return await read(response);
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof RegistryError) || !error.retryable || replaceable) throw error;
        const wait = this.retries.plan({ url: response.url, attempt, reason: error.code });
        if (wait === undefined) throw error;
        await this.retries.sleep(wait, signal);
      }
    }
  }

  #tellFailed({ api }: RegistryHost, error: RegistryError): void {
    const passedOverFor = this.#health.failed(api, error);
    const { code } = error;
    this.events.emit({
      type: 'mirror-failed',
      host: api.host,
      code,
      ...(passedOverFor !== undefined && { passedOverFor }),
    });
  }
}
