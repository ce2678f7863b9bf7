import type { Keychain } from '../credentials/keychain.ts';
import type { RegistryErrorCode } from '../error-codes.ts';
import type { HostCapability } from '../hosts/registry-host.ts';
import type { HttpMethod, RequestBody } from './http.ts';

/** One request to a repository. */
export interface RegistryRequest {
  /** Default GET. */
  readonly method?: HttpMethod | undefined;
  /**
   * What of the repository: a path below `/v2/<name>/`, `manifests/latest`, made of checked tags, digests and query values
   * only; or the absolute URL that an answer of the same registry has named as Location or Link.
   */
  readonly path: string | URL;
  /** What it takes a host to be able to do. Default `pull`. A push goes to the first such host and to no other. */
  readonly need?: HostCapability | undefined;
  /** Rights asked for where the registry does not say which: `pull`, or `pull,push`. Default `pull`. */
  readonly actions?: string | undefined;
  /** Scopes wanted beside those, whatever the registry says: `repository:base:pull`, to mount a blob from there. */
  readonly scopes?: readonly string[] | undefined;
  /** `Accept` header. */
  readonly accept?: string | undefined;
  /** Strong entity tag for `If-Range`, and the origin that it came from: no other host is sent it. */
  readonly ifRange?: { readonly origin: string; readonly etag: string } | undefined;
  /** Further headers, names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: RequestBody | undefined;
  /** Statuses that are not errors. Default 200 alone. */
  readonly accepted?: readonly number[] | undefined;
  /** Error code of a 404 that names none. */
  readonly notFound: RegistryErrorCode;
  /** Finds the credentials, instead of the client's keychain. */
  readonly keychain?: Keychain | undefined;
  readonly signal?: AbortSignal | undefined;
}
