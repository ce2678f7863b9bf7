import type { JsonObject } from '../../read/call/model.ts';

/** How bad a finding is, the worst first. */
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'negligible';

/** Every severity, the worst first. */
export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'negligible'];

/** A vulnerability that the double finds in every image with the package. */
export interface SeedVulnerability {
  readonly cveId: string;
  /** Name of an OS or language package, as inventories write it. */
  readonly packageName: string;
  /** The version that has it. Default: every version. */
  readonly packageVersion?: string;
  readonly severity: Severity;
  /** From 0 to 10. Default 0. */
  readonly cvssScore?: number;
  readonly description?: string;
  readonly fixedVersion?: string;
  /** RFC 3339. */
  readonly publishedAt?: string;
  readonly exploited?: boolean;
}

/** A detection that the double finds. */
export interface SeedDetection {
  readonly id: string;
  /** Such as `malware`, `secret` or `misconfiguration`. */
  readonly type: string;
  readonly name: string;
  readonly severity: Severity;
  readonly title?: string;
  readonly description?: string;
  readonly remediation?: string;
  /** Digest of the image that has it. Default: every image. */
  readonly imageDigest?: string;
}

/** What the read side of the double finds, and how it pages. */
export interface ReadSideOptions {
  readonly vulnerabilities?: readonly SeedVulnerability[];
  readonly detections?: readonly SeedDetection[];
  /** Containers nobody can attribute, given as they are. */
  readonly unidentifiedContainers?: readonly JsonObject[];
  /** Images with a vulnerability as bad as this, or worse, are denied by the default policy. Default `critical`. */
  readonly denyFrom?: Severity;
  /**
   * Entries on a page at most, however many are asked for, for a client must not take a short page for the last one.
   * May be changed while the double runs. Default: as many as are asked for.
   */
  maxPage?: number;
  /**
   * `growing`: the total counts only to one entry past the page until the last one, as in a list that is being filled; a
   * client must not stop at the total of the first page. `absent`: pages tell no total. May be changed while the double
   * runs. Default `exact`.
   */
  totals?: 'exact' | 'growing' | 'absent';
}
