import { z } from 'zod';
import { optional } from '../wire/schema-parts.ts';
import type { FalconCloudFaults, HostFault, RateLimitFault } from './cloud-faults.ts';

const count: z.ZodType<number> = z.int().positive();
/** At most a day. */
const wait: z.ZodType<number> = z.int().nonnegative().max(86_400_000);
const status: z.ZodType<number> = z.int().min(200).max(599);

const hostFaultSchema: z.ZodType<HostFault> = z.strictObject({
  answer: optional(z.union([status, z.enum(['reset', 'hang', 'truncated'])])),
  delay: optional(wait),
  method: optional(z.string()),
  every: optional(count),
  times: optional(count),
});

const rateLimitFaultSchema: z.ZodType<RateLimitFault> = z.strictObject({
  on: optional(z.enum(['inventory', 'token', 'other'])),
  unit: z.enum(['seconds', 'milliseconds']),
  wait,
  every: optional(count),
  times: optional(count),
});

/** Checks faults that come as JSON: from a command line, a file or the control host. */
export const falconCloudFaultsSchema: z.ZodType<FalconCloudFaults> = z.strictObject({
  token: optional(hostFaultSchema),
  apiInventory: optional(hostFaultSchema),
  uploadInventory: optional(hostFaultSchema),
  apiOther: optional(hostFaultSchema),
  rateLimit: optional(rateLimitFaultSchema),
  ipBlocked: optional(z.boolean()),
  govCloud: optional(z.boolean()),
  redirectWithoutLocation: optional(z.boolean()),
  // What a header can carry.
  deprecated: optional(z.string().regex(/^[\x20-\x7e]{1,200}$/)),
});
