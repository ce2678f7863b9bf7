import type { AzureCloudName } from './azure-cloud.ts';

/** What a token of Entra ID is wanted for. */
export interface AzureTokenRequest {
  /** The cloud that the registry belongs to. A token of another cloud is of no use there, and must not be sent there. */
  readonly cloud: AzureCloudName;
  /** Whom the token is for, a URL without a slash at its end: `https://containerregistry.azure.net`. */
  readonly audience: string;
  readonly signal?: AbortSignal | undefined;
}

/** An access token of Entra ID. */
export interface AzureToken {
  /** The token itself. */
  readonly token: string;
  /** Its end, in ms since the epoch. */
  readonly expiresAt: number;
  /** Tenant of the identity, where it is known. */
  readonly tenant?: string | undefined;
  /** Whose token it is, for error messages: "workload identity CLIENT-ID". Never a secret. */
  readonly identity: string;
}

/** Why a source has no token: nothing of it is set up here. */
export interface AzureTokenAbsence {
  /** One phrase without secrets: "AZURE_TENANT_ID is not set". */
  readonly absent: string;
}

/**
 * A source of tokens of Entra ID.
 *
 * A source that is not set up says so, and the next one is asked. One that is set up and fails rejects, and that is the
 * end: a problem of the identity that was meant must not let another one step in unseen.
 */
export interface AzureTokenProvider {
  /** How messages call it: "workload identity". */
  readonly name: string;
  /**
   * Gets a new token; keeping it is the work of who asks.
   *
   * Rejects with RegistryError `CREDENTIALS_UNAVAILABLE` where the identity is refused, `CREDENTIALS_INVALID` for a file
   * or setting that cannot be understood, those of the connection, or the signal's reason.
   */
  getToken(request: AzureTokenRequest): Promise<AzureToken | AzureTokenAbsence>;
}
