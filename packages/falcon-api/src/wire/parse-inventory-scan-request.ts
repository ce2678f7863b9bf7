import type { z } from 'zod';
import { FalconError } from '../falcon-error.ts';
import { type InventoryScanRequest, inventoryScanRequestSchema } from './inventory-scan-request.ts';

/** Never more problems than these are told of one body. */
const maxProblems = 100;

/** What the schema says of a body: its typed value, or each problem as `path: what is wrong`. */
export type InventoryScanRequestCheck =
  | { readonly valid: true; readonly request: InventoryScanRequest }
  | { readonly valid: false; readonly problems: readonly string[] };

/**
 * Reads an upload body and throws where the schema does not hold.
 *
 * @throws FalconError `INVENTORY_INVALID`, with every problem in `problems`, each with the path to it. No value of the
 *   body is quoted.
 */
export function parseInventoryScanRequest(value: unknown): InventoryScanRequest {
  const check = checkInventoryScanRequest(value);
  if (check.valid) {
    return check.request;
  }
  const more = check.problems.length > 1 ? ` (and ${check.problems.length - 1} more)` : '';
  throw new FalconError('INVENTORY_INVALID', `inventory scan request: ${check.problems[0]}${more}`, {
    problems: check.problems,
  });
}

/** Reads an upload body and tells what is wrong with it, without throwing. */
export function checkInventoryScanRequest(value: unknown): InventoryScanRequestCheck {
  const result = inventoryScanRequestSchema.safeParse(value);
  return result.success
    ? { valid: true, request: result.data }
    : { valid: false, problems: result.error.issues.slice(0, maxProblems).map(describeIssue) };
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const what = issue.message.replace(/^Invalid input: /, '');
  const path = issue.path.map(pathSegment).join('').replace(/^\./, '');
  return `${path === '' ? 'body' : path}: ${what}`;
}

function pathSegment(segment: PropertyKey): string {
  if (typeof segment === 'number') {
    return `[${segment}]`;
  }
  const key = String(segment);
  return /^\w+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
