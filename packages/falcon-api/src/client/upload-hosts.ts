import type { TokenSource } from '../auth/token-source.ts';
import { cloudOfUrl, findCloud } from '../cloud/resolve-cloud.ts';

/** A host that takes inventories. */
export interface UploadHost {
  readonly name: 'upload' | 'api';
  /** Its origin, which follows the home region once a token has told it. */
  readonly url: () => string;
}

/** How long the API host stays first choice after the upload host failed: milliseconds. */
const preferenceLasts = 5 * 60_000;

/** Which of the two hosts that take inventories is asked first. */
export class UploadHosts {
  readonly #tokenSource: TokenSource;
  readonly #now: () => number;
  readonly #upload: UploadHost;
  readonly #api: UploadHost;
  #apiFirstUntil = Number.NEGATIVE_INFINITY;

  constructor(uploadUrl: string, tokenSource: TokenSource, now: () => number) {
    this.#tokenSource = tokenSource;
    this.#now = now;
    this.#upload = { name: 'upload', url: () => this.#homeUploadUrl(uploadUrl) };
    this.#api = { name: 'api', url: () => tokenSource.apiUrl };
  }

  /** The hosts in the order to try them; one only, where both are the same. */
  order(): readonly [UploadHost, UploadHost?] {
    if (this.#upload.url() === this.#api.url()) {
      return [this.#upload];
    }
    return this.#now() < this.#apiFirstUntil ? [this.#api, this.#upload] : [this.#upload, this.#api];
  }

  /** Remembers which host worked when the other did not. */
  prefer(name: UploadHost['name']): void {
    this.#apiFirstUntil = name === 'api' ? this.#now() + preferenceLasts : Number.NEGATIVE_INFINITY;
  }

  #homeUploadUrl(given: string): string {
    const region = this.#tokenSource.region;
    const home = region === undefined ? undefined : findCloud(region);
    return home !== undefined && cloudOfUrl(given) !== undefined ? home.uploadUrl : given;
  }
}
