import { type FalconCloudFaults, falconCloudFaultsSchema } from '@falcon-iar/falcon-api/testing';
import { readJsonOption } from './read-json-option.ts';

/**
 * The faults of a command line: JSON, or the name of a file with JSON.
 *
 * @throws UsageError where they cannot be read or are none
 */
export async function readFaults(given: string): Promise<FalconCloudFaults> {
  return readJsonOption('--faults', given, falconCloudFaultsSchema, '{"uploadInventory":{"answer":503,"every":3}}');
}
