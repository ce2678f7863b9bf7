import { type Loader, type Perishable, type RenewalOptions, renewed } from './renewed.ts';

/** An identity that is good. */
export interface GoodIdentity<Identity> {
  readonly identity: Identity;
  /** It has just been got, for whom it is given to: one that was kept may have been revoked. */
  readonly isNew: boolean;
}

/** The identity of this process, as {@link renewed} keeps it: shared by all registries that it opens. */
export class KeptIdentity<Identity> {
  readonly #find: (signal: AbortSignal) => Promise<Perishable<Identity>>;
  readonly #options: RenewalOptions;
  #current: Loader<Identity>;
  #latest: Identity | undefined;
  #unused: Identity | undefined;

  /** @param find gets an identity anew, and rejects where there is none */
  constructor(find: (signal: AbortSignal) => Promise<Perishable<Identity>>, options: RenewalOptions) {
    this.#find = find;
    this.#options = options;
    this.#current = this.#start();
  }

  /** Rejects with what `find` rejects with, or the reason of the signal. */
  async get(signal?: AbortSignal): Promise<GoodIdentity<Identity>> {
    const identity = await this.#current(signal);
    const isNew = identity === this.#unused;
    this.#unused = undefined;
    return { identity, isNew };
  }

  /** Forgets an identity, because it was refused; not where a newer one is kept already. */
  drop(identity: Identity): void {
    if (this.#latest === identity) this.#current = this.#start();
  }

  #start(): Loader<Identity> {
    const load = async (signal: AbortSignal): Promise<Perishable<Identity>> => {
      const found = await this.#find(signal);
      this.#latest = found.value;
      this.#unused = found.value;
      return found;
    };
    return renewed(load, this.#options);
  }
}
