import type { TokenSource } from '../auth/token-source.ts';
import { homeCloud } from '../cloud/resolve-cloud.ts';
import { failuresToLeave, UploadHostHealth } from './upload-host-health.ts';

/** Which of the two hosts: the container upload host, or the API host. */
export type UploadHostName = 'upload' | 'api';

/** A host that takes inventories. */
export interface UploadHost {
  readonly name: UploadHostName;
  /** Its origin, which follows the home region once a token has told it. */
  readonly url: () => string;
}

/** Where one upload goes. */
export interface UploadPlan {
  readonly first: UploadHost;
  /** Attempts on the first host before the second is asked. */
  readonly attempts: number;
  /** Absent where both are the same. */
  readonly second?: UploadHost;
  /** Whether the first host was left earlier and this upload finds out how it is now. */
  readonly isTrial: boolean;
}

/** Milliseconds that a host which was left is let alone, the first time; doubles with each trial that fails. */
const firstRest = 60_000;

/** Milliseconds that it is never let alone longer. */
const longestRest = 15 * 60_000;

/** Milliseconds after which the next upload is the trial, where one trial does not end. */
const trialTime = 30_000;

/** Trials in a row that have to go well before a host that was left serves again. */
const trialsToReturn = 3;

/**
 * Chooses between the two hosts that take inventories, by what is measured of them. The upload host serves until it fails
 * three attempts in a row, does not serve the path or refuses the token, or is slow three times in a row while the API host
 * is less than half as burdened or was not measured. It comes back after three trials in a row went well; a trial is an
 * upload that somebody wants delivered anyway and that falls back to the API host.
 */
export class UploadHosts {
  readonly #tokenSource: TokenSource;
  readonly #now: () => number;
  readonly #upload: UploadHost;
  readonly #api: UploadHost;
  readonly #health: Readonly<Record<UploadHostName, UploadHostHealth>> = {
    upload: new UploadHostHealth(),
    api: new UploadHostHealth(),
  };
  #serving: UploadHostName = 'upload';
  #rest = firstRest;
  #trialAt = 0;
  #trialsPassed = 0;
  #returnedAt = Number.NEGATIVE_INFINITY;

  /** @param now - Milliseconds since the epoch. */
  constructor(uploadUrl: string, tokenSource: TokenSource, now: () => number) {
    this.#tokenSource = tokenSource;
    this.#now = now;
    this.#upload = { name: 'upload', url: () => this.#homeUploadUrl(uploadUrl) };
    this.#api = { name: 'api', url: () => tokenSource.apiUrl };
  }

  /** The host that uploads start at, trials apart. */
  get serving(): UploadHostName {
    return this.#serving;
  }

  /** The hosts in the order to ask them what has nothing to do with an upload. */
  order(): readonly [UploadHost, UploadHost?] {
    if (this.#upload.url() === this.#api.url()) {
      return [this.#upload];
    }
    return this.#serving === 'upload' ? [this.#upload, this.#api] : [this.#api, this.#upload];
  }

  /** Where the next upload goes. */
  plan(): UploadPlan {
    const [first, second] = this.order();
    if (second === undefined) {
      return { first, attempts: Number.POSITIVE_INFINITY, isTrial: false };
    }
    if (first.name === 'upload' || this.#now() < this.#trialAt) {
      const attempts = Math.max(1, failuresToLeave - this.#health[first.name].failures);
      return { first, attempts, second, isTrial: false };
    }
    // One upload at a time: those beside it go where it is known to work.
    this.#trialAt = this.#now() + trialTime;
    return { first: this.#upload, attempts: 1, second: this.#api, isTrial: true };
  }

  /** A host took an upload of so many bytes in so many milliseconds. */
  took(name: UploadHostName, time: number, bytes: number): void {
    const wasQuick = this.#health[name].took(time, bytes, this.#now());
    if (this.#serving === 'upload') {
      if (name === 'upload' && this.#health.upload.isSlow && this.#isBetter('api', 'upload')) {
        this.#leave();
      }
    } else if (name === 'upload') {
      this.#onTrial(wasQuick);
    } else if (this.#health.api.isSlow && !this.#health.upload.isFailing && !this.#isBetter('api', 'upload')) {
      // Both are slow, so it is not the host: back to the one that is meant for it.
      this.#return();
    }
  }

  /** A host failed all of so many attempts. `isGone`: it does not serve the path or lets nobody in; no use to try soon. */
  failed(name: UploadHostName, attempts: number, isGone: boolean): void {
    this.#health[name].failed(isGone ? failuresToLeave : attempts);
    if (name === 'upload' && this.#serving === 'api') {
      this.#onTrialFailed();
    } else if (name === 'upload' && this.#health.upload.isFailing && !this.#health.api.isFailing) {
      this.#leave();
    }
  }

  #onTrial(wasQuick: boolean): void {
    if (this.#health.api.isFailing) {
      this.#return();
    } else if (!wasQuick) {
      this.#onTrialFailed();
    } else {
      this.#trialsPassed += 1;
      this.#trialAt = this.#now();
      if (this.#trialsPassed >= trialsToReturn) {
        this.#return();
      }
    }
  }

  #onTrialFailed(): void {
    this.#trialsPassed = 0;
    this.#rest = Math.min(this.#rest * 2, longestRest);
    this.#trialAt = this.#now() + this.#rest;
  }

  #leave(): void {
    this.#serving = 'api';
    this.#trialsPassed = 0;
    // Who fails again soon after it came back is trusted less than one that fails for the first time.
    const isRelapse = this.#now() - this.#returnedAt < longestRest;
    this.#rest = isRelapse ? Math.min(this.#rest * 2, longestRest) : firstRest;
    this.#trialAt = this.#now() + this.#rest;
  }

  #return(): void {
    this.#serving = 'upload';
    this.#returnedAt = this.#now();
    this.#health.upload.forget();
  }

  /** Whether the one host is so much quicker that a switch pays; a host nobody measured may be. */
  #isBetter(one: UploadHostName, other: UploadHostName): boolean {
    const now = this.#now();
    const burden = this.#health[one].burden(now);
    const than = this.#health[other].burden(now) ?? 0;
    return !this.#health[one].isFailing && (burden === undefined || burden * 2 < than);
  }

  #homeUploadUrl(given: string): string {
    return homeCloud(given, this.#tokenSource.region ?? '')?.uploadUrl ?? given;
  }
}
