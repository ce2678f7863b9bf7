/**
 * What opens a registry. The fields are those of a docker config entry; where several are set, `registryToken` comes
 * before `identityToken`, and that before user name and password.
 */
export interface Credential {
  /** User name for Basic authentication and for the token endpoint. */
  readonly username?: string | undefined;
  /** Password that belongs to `username`. */
  readonly password?: string | undefined;
  /** OAuth2 refresh token, exchanged for access tokens at the registry's token endpoint. */
  readonly identityToken?: string | undefined;
  /** Ready access token, sent to the registry as it is. */
  readonly registryToken?: string | undefined;
  /** Where this credential came from, for error messages only: a file name, "pull secret ns/name". Never a secret. */
  readonly source?: string | undefined;
}
