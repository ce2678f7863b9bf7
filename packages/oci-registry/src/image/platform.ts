import { RegistryError } from '../error.ts';

/** What an image runs on, in Go's words: image-spec, image-index.md "platform". */
export interface Platform {
  /** `linux`, `windows`, … */
  readonly os: string;
  /** `amd64`, `arm64`, … */
  readonly architecture: string;
  /** `v7` of arm, `v3` of amd64. Absent means the baseline when offered, and any when wanted. */
  readonly variant?: string;
  /** Version of the operating system; images for Windows have one: `10.0.20348.2700`. */
  readonly osVersion?: string;
}

const architectures: Readonly<Record<string, readonly [architecture: string, variant?: string]>> = {
  x86_64: ['amd64'],
  'x86-64': ['amd64'],
  aarch64: ['arm64'],
  i386: ['386'],
  ia32: ['386'],
  x64: ['amd64'],
  armhf: ['arm', 'v7'],
  armel: ['arm', 'v6'],
};

/** Variants that mean the plain architecture. */
const baselines: Readonly<Record<string, string>> = { amd64: 'v1', arm64: 'v8', arm: 'v7' };

/** A platform with everyday names (`x86_64`, `aarch64`) replaced, and the variant that goes without saying removed. */
export function normalizePlatform(platform: Platform): Platform {
  const lower = platform.architecture.toLowerCase();
  const [architecture, implied] = architectures[lower] ?? [lower];
  const given = (platform.variant || implied)?.toLowerCase();
  const variant = given !== undefined && /^[0-9]/.test(given) ? `v${given}` : given;
  const plain = variant === undefined || variant === baselines[architecture];
  const os = platform.os.toLowerCase();
  return {
    os: os === 'macos' ? 'darwin' : os,
    architecture,
    ...(!plain && { variant }),
    ...(platform.osVersion && { osVersion: platform.osVersion }),
  };
}

/**
 * Parses `os/architecture[/variant]`, as `--platform` takes it. `linux/x86_64` is `linux/amd64`.
 *
 * @throws RegistryError `REFERENCE_INVALID` for another shape.
 */
export function parsePlatform(text: string): Platform {
  const parts = text.split('/');
  const [os = '', architecture = '', variant] = parts;
  if (parts.length < 2 || parts.length > 3 || !parts.every((part) => /^[A-Za-z0-9_.-]{1,64}$/.test(part))) {
    throw new RegistryError('REFERENCE_INVALID', `platform ${JSON.stringify(text.slice(0, 80))}: malformed`, {
      hint: 'write it as os/architecture[/variant], for instance linux/arm64',
    });
  }
  return normalizePlatform({ os, architecture, ...(variant !== undefined && { variant }) });
}

/** Prints a platform as `os/architecture[/variant]`, with the OS version in brackets where there is one. */
export function formatPlatform(platform: Platform): string {
  const variant = platform.variant === undefined ? '' : `/${platform.variant}`;
  const version = platform.osVersion === undefined ? '' : ` (${platform.osVersion})`;
  return `${platform.os}/${platform.architecture}${variant}${version}`;
}

/** The Linux platform of this process's CPU: what images are chosen for when nothing else is said. */
export function hostPlatform(): Platform {
  return normalizePlatform({ os: 'linux', architecture: process.arch });
}

/** Level of a variant such as `v7` or `v8.1`; the baseline where there is none. */
function level(platform: Platform): number {
  const variant = platform.variant ?? baselines[platform.architecture] ?? 'v0';
  const number = /^v([0-9]+(?:\.[0-9]+)?)$/.exec(variant);
  return number?.[1] === undefined ? Number.NaN : Number(number[1]);
}

function rankVariant(wanted: Platform, offered: Platform): number | undefined {
  if (wanted.variant === offered.variant) return 0;
  const [want, have] = [level(wanted), level(offered)];
  if (Number.isNaN(want) || Number.isNaN(have)) return undefined;
  // A CPU runs what is built for lesser ones, the nearest first.
  if (have < want) return 1 + want - have;
  // Nobody asked for a variant, and there is no baseline: the least demanding one.
  return wanted.variant === undefined ? 100 + have - want : undefined;
}

function rankVersion(wanted: string | undefined, offered: string | undefined): number | undefined {
  if (wanted === undefined || wanted === offered) return 0;
  if (offered === undefined) return 0.5;
  // Windows images run on the same build, whatever the revision.
  const build = (version: string): string => version.split('.').slice(0, 3).join('.');
  return build(wanted) === build(offered) ? 0.25 : undefined;
}

/**
 * How well an offered platform serves a wanted one: 0 is exact, more is worse, `undefined` is not at all. Operating
 * system and architecture must be equal; among variants the nearest lower one serves.
 */
export function rankPlatform(wanted: Platform, offered: Platform): number | undefined {
  const [want, have] = [normalizePlatform(wanted), normalizePlatform(offered)];
  if (want.os !== have.os || want.architecture !== have.architecture) return undefined;
  const variant = rankVariant(want, have);
  const version = rankVersion(want.osVersion, have.osVersion);
  return variant === undefined || version === undefined ? undefined : variant + version;
}
