import type { IdentityRequest, IdentitySource } from '../identity-source.ts';
import type { AzureCloudName } from './azure-cloud.ts';

/** What a token of Entra ID is wanted for. */
export interface AzureTokenRequest extends IdentityRequest {
  /** The cloud that the registry belongs to. A token of another cloud is of no use there, and must not be sent there. */
  readonly cloud: AzureCloudName;
  /** Whom the token is for, a URL without a slash at its end: `https://containerregistry.azure.net`. */
  readonly audience: string;
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

/** A source of tokens of Entra ID. */
export type AzureTokenSource = IdentitySource<AzureToken, [AzureTokenRequest]>;
