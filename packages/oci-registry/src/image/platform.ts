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

/** The variant that an architecture has when none is named. */
export const baselines: Readonly<Record<string, string>> = { amd64: 'v1', arm64: 'v8', arm: 'v7' };

/** A platform with everyday names (`x86_64`, `aarch64`) replaced, and the variant that goes without saying removed. */
export function normalizePlatform(platform: Platform): Platform {
  const lower = platform.architecture.toLowerCase();
  const [architecture, implied] = architectures[lower] ?? [lower];
  const given = (platform.variant || implied)?.toLowerCase();
  const numbered = given !== undefined && /^[0-9]/.test(given) ? `v${given}` : given;
  const variant = numbered?.replace(/^(v[89])\.0$/, '$1');
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
