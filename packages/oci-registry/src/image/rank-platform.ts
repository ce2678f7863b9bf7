import { baselines, normalizePlatform, type Platform } from './platform.ts';

/** A variant taken apart: `v8.2` of arm64, `power10` of ppc64le, `rva23u64` of riscv64. */
interface Level {
  /** What is around the numbers; only variants that agree in it can be compared. */
  readonly family: string;
  readonly major: number;
  readonly minor: number;
}

/** Ranks of variants are whole numbers, so that versions of the operating system decide between equal ones. */
const worstLesserVariant = 10_000_000;
const worstKnownVariant = 2 * worstLesserVariant;

function parseLevel(variant: string): Level | undefined {
  const match = /^([^0-9]*)([0-9]{1,4})(?:\.([0-9]{1,3}))?([^0-9.].*)?$/.exec(variant);
  if (match === null) return undefined;
  const [, prefix = '', major, minor = 0, suffix = ''] = match;
  return { family: `${prefix} ${suffix}`, major: Number(major), minor: Number(minor) };
}

function height({ major, minor }: Level): number {
  return major * 1000 + minor;
}

/** Whether a CPU of one level runs what is built for another. */
function runs(architecture: string, cpu: Level, built: Level): boolean {
  if (cpu.family !== built.family) return false;
  // Armv9.0 went off Armv8.5: 9.x has what 8.(x+5) has, and the line of 8 ends with 8.9.
  if (architecture === 'arm64' && cpu.major === 9 && built.major === 8)
    return built.minor <= Math.min(cpu.minor + 5, 9);
  if (architecture === 'arm64' && cpu.major !== built.major) return false;
  return height(built) <= height(cpu);
}

function rankVariant(wanted: Platform, offered: Platform): number | undefined {
  if (wanted.variant === offered.variant) return 0;
  const baseline = baselines[wanted.architecture];
  // Where an architecture has no baseline, an image without a variant asks nothing of the CPU.
  if (offered.variant === undefined && baseline === undefined) return worstLesserVariant;
  const have = parseLevel(offered.variant ?? baseline ?? '');
  if (have === undefined) return undefined;
  // Nobody asked for a variant, and the baseline is not there: the least demanding one.
  const lastResort = wanted.variant === undefined ? worstKnownVariant + height(have) : undefined;
  const want = parseLevel(wanted.variant ?? baseline ?? '');
  if (want === undefined || !runs(wanted.architecture, want, have)) return lastResort;
  return 1 + height(want) - height(have);
}

/** Windows Server 2022: from there on a host runs the images of every build between it and its own. */
const stableWindowsBuild = 20348;

interface Build {
  readonly line: string;
  readonly build: number;
  readonly revision: number;
}

function parseBuild(version: string): Build | undefined {
  const match = /^([0-9]+\.[0-9]+)\.([0-9]{1,6})(?:\.([0-9]{1,7}))?/.exec(version);
  return match === null
    ? undefined
    : { line: match[1] ?? '', build: Number(match[2]), revision: Number(match[3] ?? 0) };
}

/** Less than 1: the variant counts more. */
function rankVersion(wanted: Platform, offered: Platform): number | undefined {
  if (wanted.osVersion === undefined || wanted.osVersion === offered.osVersion) return 0;
  if (offered.osVersion === undefined) return 0.9;
  const [host, image] = [parseBuild(wanted.osVersion), parseBuild(offered.osVersion)];
  if (host === undefined || image === undefined || host.line !== image.line) return undefined;
  // Windows images run on the same build whatever the revision; the newest has the most repairs.
  if (host.build === image.build) return 0.5 - image.revision / 1e8;
  const isStable = wanted.os === 'windows' && image.build >= stableWindowsBuild && image.build < host.build;
  return isStable ? 0.5 + (host.build - image.build) / 1e7 : undefined;
}

/**
 * How well an offered platform serves a wanted one: 0 is exact, more is worse, `undefined` is not at all. Operating
 * system and architecture must be equal. What runs on what is as containerd has it: among variants the nearest lower
 * one serves, on Windows the newest revision of the same build, then the nearest lower build with the same kernel
 * interface. Unlike there, no 32-bit image stands in for a 64-bit one: it would be another image than the one meant.
 */
export function rankPlatform(wanted: Platform, offered: Platform): number | undefined {
  const [want, have] = [normalizePlatform(wanted), normalizePlatform(offered)];
  if (want.os !== have.os || want.architecture !== have.architecture) return undefined;
  const variant = rankVariant(want, have);
  const version = rankVersion(want, have);
  return variant === undefined || version === undefined ? undefined : variant + version;
}
