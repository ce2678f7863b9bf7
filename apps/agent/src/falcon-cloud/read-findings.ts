import type { SeedDetection, SeedVulnerability } from '@falcon-iar/falcon-api/testing';
import { z } from 'zod';
import { readJsonOption } from './read-json-option.ts';

/** What the read side of the embedded cloud finds in the images that were uploaded to it. */
export interface Findings {
  readonly vulnerabilities?: readonly SeedVulnerability[];
  readonly detections?: readonly SeedDetection[];
}

const severity = z.enum(['critical', 'high', 'medium', 'low', 'negligible']);
const text = z.string();

const vulnerability: z.ZodType<SeedVulnerability> = z.strictObject({
  cveId: text,
  packageName: text,
  packageVersion: text.exactOptional(),
  severity,
  cvssScore: z.number().min(0).max(10).exactOptional(),
  description: text.exactOptional(),
  fixedVersion: text.exactOptional(),
  publishedAt: text.exactOptional(),
  exploited: z.boolean().exactOptional(),
});

const detection: z.ZodType<SeedDetection> = z.strictObject({
  id: text,
  type: text,
  name: text,
  severity,
  title: text.exactOptional(),
  description: text.exactOptional(),
  remediation: text.exactOptional(),
  imageDigest: text.exactOptional(),
});

const findings: z.ZodType<Findings> = z.strictObject({
  vulnerabilities: z.array(vulnerability).exactOptional(),
  detections: z.array(detection).exactOptional(),
});

/**
 * The findings of a command line: JSON, or the name of a file with JSON.
 *
 * @throws UsageError where they cannot be read or are none
 */
export async function readFindings(given: string): Promise<Findings> {
  return readJsonOption(
    '--findings',
    given,
    findings,
    '{"vulnerabilities":[{"cveId":"CVE-2026-1","packageName":"zlib","severity":"high"}]}',
  );
}
