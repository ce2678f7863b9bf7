import { type Perishable, renewed } from '../renewed.ts';
import type { AzureCloudName } from './azure-cloud.ts';
import type { AzureToken, AzureTokenProvider } from './azure-token.ts';
import { firstToken } from './first-token.ts';

/** A token that is kept, and whether anybody has used it yet. */
interface KeptToken {
  readonly token: AzureToken;
  isNew: boolean;
}

/** Tokens of Entra ID, one kept for each cloud until shortly before its end. */
export class EntraTokens {
  readonly #providers: readonly AzureTokenProvider[];
  readonly #audience: string;
  readonly #now: () => number;
  readonly #byCloud = new Map<AzureCloudName, (signal?: AbortSignal) => Promise<KeptToken>>();

  /**
   * @param providers sources in the order in which they are asked
   * @param now current time in ms since the epoch
   */
  constructor(providers: readonly AzureTokenProvider[], audience: string, now: () => number) {
    this.#providers = providers;
    this.#audience = audience;
    this.#now = now;
  }

  /**
   * A token that is good, and whether it has just been made: one that was kept may have been revoked.
   *
   * @throws RegistryError what {@link firstToken} throws
   */
  async get(cloud: AzureCloudName, signal?: AbortSignal): Promise<Readonly<KeptToken>> {
    const kept = await (this.#byCloud.get(cloud) ?? this.#start(cloud))(signal);
    const answer = { ...kept };
    kept.isNew = false;
    return answer;
  }

  /** Forgets the token of a cloud, because it was refused. */
  drop(cloud: AzureCloudName): void {
    this.#byCloud.delete(cloud);
  }

  #start(cloud: AzureCloudName): (signal?: AbortSignal) => Promise<KeptToken> {
    const load = async (signal: AbortSignal): Promise<Perishable<KeptToken>> => {
      const token = await firstToken(this.#providers, { cloud, audience: this.#audience, signal });
      return { value: { token, isNew: true }, expiresAt: token.expiresAt };
    };
    const kept = renewed(load, { now: this.#now });
    this.#byCloud.set(cloud, kept);
    return kept;
  }
}
