import type { z } from 'zod';
import { anything, flag, model, neededText, number, part, text } from '../call/model.ts';

/** A credential as the cloud shows it, without its secret: `domain.ExternalCredentialResponse`. */
export interface RegistryConnectionCredential {
  readonly id?: string;
  readonly details?: unknown;
  readonly expired?: boolean;
  /** RFC 3339. */
  readonly expired_at?: string;
  readonly created_at?: string;
  readonly updated_at?: string;
}

/**
 * A registry that the cloud scans by itself: `domain.ExternalAPIRegistry`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/domain_external_api_registry.go
 */
export interface RegistryConnection {
  readonly id: string;
  /** Such as `dockerhub`, `ecr` or `gcr`. */
  readonly type?: string;
  readonly url?: string;
  readonly url_uniqueness_alias?: string;
  readonly user_defined_alias?: string;
  readonly state?: string;
  /** RFC 3339. */
  readonly state_changed_at?: string;
  /** Seconds, as far as the published model tells. */
  readonly refresh_interval?: number;
  readonly last_refreshed_at?: string;
  readonly next_refresh_at?: string;
  readonly created_at?: string;
  readonly updated_at?: string;
  readonly credential?: RegistryConnectionCredential;
}

/**
 * A registry to connect: `registryassessment.externalRegistryPayload`. The members of `details` depend on the type:
 * `username` and `password`, `aws_iam_role` and `aws_external_id`, `project_id` and `service_account_json`, …
 */
export interface NewRegistryConnection {
  readonly type: string;
  readonly url: string;
  readonly url_uniqueness_key?: string;
  readonly user_defined_alias?: string;
  readonly credential: { readonly details: Readonly<Record<string, unknown>> };
}

/** What to change of a connected registry: `registryassessment.externalRegistryPatchPayload`. */
export interface RegistryConnectionChange {
  /** Whether the cloud goes on scanning it. */
  readonly state?: 'pause' | 'resume';
  readonly user_defined_alias?: string;
  readonly credential?: { readonly type: string; readonly details: Readonly<Record<string, unknown>> };
}

const credential = model<RegistryConnectionCredential>({
  id: text,
  details: anything,
  expired: flag,
  expired_at: text,
  created_at: text,
  updated_at: text,
});

/** Reads a `domain.ExternalAPIRegistry`. */
export const registryConnectionSchema: z.ZodType<RegistryConnection> = model<RegistryConnection>({
  id: neededText,
  type: text,
  url: text,
  url_uniqueness_alias: text,
  user_defined_alias: text,
  state: text,
  state_changed_at: text,
  refresh_interval: number,
  last_refreshed_at: text,
  next_refresh_at: text,
  created_at: text,
  updated_at: text,
  credential: part(credential),
});
