/**
 * Codes a registry itself may answer with: distribution-spec "Error Codes", and the few more that registries in use
 * really send.
 */
export type DistributionErrorCode =
  | 'BLOB_UNKNOWN'
  | 'BLOB_UPLOAD_INVALID'
  | 'BLOB_UPLOAD_UNKNOWN'
  | 'DENIED'
  | 'DIGEST_INVALID'
  | 'MANIFEST_BLOB_UNKNOWN'
  | 'MANIFEST_INVALID'
  | 'MANIFEST_UNKNOWN'
  | 'MANIFEST_UNVERIFIED'
  | 'NAME_INVALID'
  | 'NAME_UNKNOWN'
  | 'SIZE_INVALID'
  | 'TAG_INVALID'
  | 'TOOMANYREQUESTS'
  | 'UNAUTHORIZED'
  | 'UNAVAILABLE'
  | 'UNSUPPORTED';

/**
 * Every way in which this package fails.
 *
 * Beside the registry's own codes:
 * - `ADDRESS_FORBIDDEN`: a token realm or a redirect points at a link-local or cloud metadata address.
 * - `ARCHIVE_INVALID`: a docker-archive or oci-archive is damaged or not one.
 * - `BLOCKED`: a configuration says that nothing may be read from there.
 * - `CHALLENGE_INVALID`: the registry asks for authentication in a way that cannot be followed safely.
 * - `CLOSED`: the client or source was closed, or what is read of a stream has passed by.
 * - `CONFIG_TOO_LARGE`, `MANIFEST_TOO_LARGE`, `RESPONSE_TOO_LARGE`: a document exceeds its limit.
 * - `CREDENTIALS_INVALID`: a credentials file cannot be read or understood.
 * - `CREDENTIALS_UNAVAILABLE`: a credential helper or a cloud gives none: no identity, refused, or not there.
 * - `HOSTS_INVALID`: a `hosts.toml` or `registries.conf` cannot be read or understood.
 * - `LAYER_UNAVAILABLE`: a foreign layer that is not held anywhere, or in a stream a layer that is no tar.
 * - `LAYOUT_INVALID`: a directory is not an OCI image layout, or a damaged one.
 * - `MANIFEST_UNSUPPORTED`: schema 1, or a media type that is no manifest we know.
 * - `NETWORK`, `TIMEOUT`, `TLS`: no usable connection.
 * - `NOT_AN_IMAGE`: a well-formed artifact (chart, signature, …) that is not a container image.
 * - `PLATFORM_NOT_FOUND`: the image exists, but not for the wanted platform.
 * - `PROXY`: the proxy is named in a way that cannot be understood, or refuses.
 * - `REDIRECT_INVALID`: too many redirects, or one that must not be followed.
 * - `REFERENCE_AMBIGUOUS`, `REFERENCE_INVALID`: what to read is not said clearly.
 * - `RESPONSE_INVALID`: the answer breaks HTTP or the distribution-spec.
 */
export type RegistryErrorCode =
  | DistributionErrorCode
  | 'ADDRESS_FORBIDDEN'
  | 'ARCHIVE_INVALID'
  | 'BLOCKED'
  | 'CHALLENGE_INVALID'
  | 'CLOSED'
  | 'CONFIG_TOO_LARGE'
  | 'CREDENTIALS_INVALID'
  | 'CREDENTIALS_UNAVAILABLE'
  | 'HOSTS_INVALID'
  | 'LAYER_UNAVAILABLE'
  | 'LAYOUT_INVALID'
  | 'MANIFEST_TOO_LARGE'
  | 'MANIFEST_UNSUPPORTED'
  | 'NETWORK'
  | 'NOT_AN_IMAGE'
  | 'PLATFORM_NOT_FOUND'
  | 'PROXY'
  | 'REDIRECT_INVALID'
  | 'REFERENCE_AMBIGUOUS'
  | 'REFERENCE_INVALID'
  | 'RESPONSE_INVALID'
  | 'RESPONSE_TOO_LARGE'
  | 'TIMEOUT'
  | 'TLS';
