/** What an image runs on, in Go's words: image-spec, image-index.md "platform". */
export interface Platform {
  /** `linux`, `windows`, … */
  readonly os: string;
  /** `amd64`, `arm64`, … */
  readonly architecture: string;
  /** `v7` of arm, `v3` of amd64. Absent means the baseline. */
  readonly variant?: string;
  /** Version of the operating system; images for Windows have one. */
  readonly osVersion?: string;
}

/** Variants that mean the plain architecture. */
const baselines: Readonly<Record<string, string>> = { amd64: 'v1', arm64: 'v8', arm: 'v7' };
const nodeArchitectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** The Linux platform of this process's CPU, which is the runtime's too: it listens on this machine. */
export function hostPlatform(): Platform {
  return { os: 'linux', architecture: nodeArchitectures[process.arch] ?? process.arch };
}

/** Whether an image for the one platform is what was asked for with the other; a missing variant is the baseline. */
export function servesPlatform(wanted: Platform, offered: Platform): boolean {
  const variant = ({ architecture, variant }: Platform): string => variant ?? baselines[architecture] ?? '';
  const sameVersion = wanted.osVersion === undefined || wanted.osVersion === offered.osVersion;
  const [want, have] = [wanted, offered];
  return (
    want.os === have.os && want.architecture === have.architecture && variant(want) === variant(have) && sameVersion
  );
}

/** Prints a platform as `os/architecture[/variant]`. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return variant === undefined ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}
