import type { DocumentTool } from '@falcon-iar/sbom';

/** What documents name as the program that made them. */
export function documentTool(version: string): DocumentTool {
  return { name: 'iar', version, group: '@falcon-iar' };
}
