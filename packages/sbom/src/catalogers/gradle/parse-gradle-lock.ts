import { isPlainToken } from '../text/plain-token.ts';
import type { LineLimits } from '../text/read-lines.ts';

/** One line of a Gradle lock file. */
export interface LockedModule {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
  /** Names of the configurations that use it. */
  readonly configurations: readonly string[];
}

/** How much of a lock file is read; large builds have a few thousand lines. */
export const gradleLockLimits: LineLimits = { lineBytes: 64 * 1024, totalBytes: 32 * 1024 * 1024 };

/**
 * Reads one line of a Gradle lock file, `group:artifact:version=configuration,configuration`; the older format has one
 * file for each configuration and no equals sign.
 *
 * @returns undefined for comments, the list of empty configurations, and what is no such line
 */
export function parseGradleLockLine(line: string): LockedModule | undefined {
  const [coordinates = '', configurations] = line.trim().split('=', 2);
  const [group, artifact, version, ...more] = coordinates.split(':');
  if (group === undefined || artifact === undefined || version === undefined || more.length > 0) return undefined;
  if (![group, artifact, version].every(isPlainToken) || group.startsWith('#')) return undefined;
  const names =
    configurations
      ?.split(',')
      .filter((name) => isPlainToken(name))
      .slice(0, 200) ?? [];
  return { group, artifact, version, configurations: names };
}
