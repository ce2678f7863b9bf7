import { UsageError } from '../cli/usage-error.ts';

/**
 * Where an image is read from. `registry` needs no prefix; `archive` is what `-` means: either form, on standard input.
 * `rootfs` is the unpacked root of a file system, no image.
 */
export type TargetScheme =
  | 'registry'
  | 'oci-layout'
  | 'docker-archive'
  | 'oci-archive'
  | 'archive'
  | 'docker'
  | 'podman'
  | 'containerd'
  | 'crio'
  | 'rootfs';

/** What `iar scan TARGET` names. */
export interface Target {
  readonly scheme: TargetScheme;
  /** The text behind the scheme: a reference or a path. */
  readonly value: string;
}

type NamedScheme = Exclude<TargetScheme, 'archive'>;

const schemes: readonly NamedScheme[] = [
  'registry',
  'oci-layout',
  'docker-archive',
  'oci-archive',
  'docker',
  'podman',
  'containerd',
  'crio',
  'rootfs',
];
/** Known to users of other tools or of a later version, so that the error can say what is meant. */
const otherSchemes = ['oci-dir', 'docker-daemon', 'oci', 'dir', 'containers-storage'];

/**
 * Reads a TARGET: `[registry:]REFERENCE`, `oci-layout:DIR[:TAG]`, `docker-archive:FILE`, `oci-archive:FILE`, `-` for an
 * archive on standard input (also as FILE, where the form matters), an image that a runtime has: `docker:REF`,
 * `podman:REF`, `containerd:REF`, `crio:[STORAGE]REF`; or `rootfs:DIR`, a directory that is the root of a file system.
 * (The image that is called docker is `registry:docker:24`.)
 *
 * @throws UsageError when there is no target or its scheme is not one of these
 */
export function parseTarget(text: string): Target {
  if (text === '-') return { scheme: 'archive', value: text };
  const colon = text.indexOf(':');
  const prefix = text.slice(0, Math.max(colon, 0));
  const scheme = schemes.find((name) => name === prefix);
  if (scheme !== undefined) {
    const value = text.slice(colon + 1);
    if (value === '') throw new UsageError(`nothing follows "${scheme}:"`, `for example ${examples[scheme]}`);
    return { scheme, value };
  }
  if (otherSchemes.includes(prefix) && !looksLikeTag(text.slice(colon + 1))) {
    throw new UsageError(
      `a target cannot begin with "${prefix}:"`,
      `targets are a reference, ${schemes.map((name) => `${name}:…`).join(', ')}`,
    );
  }
  if (text === '') throw new UsageError('no image was named', `for example iar scan ${examples.registry}`);
  return { scheme: 'registry', value: text };
}

const examples: Record<NamedScheme, string> = {
  registry: 'docker.io/library/debian:12',
  'oci-layout': 'oci-layout:./image:latest',
  'docker-archive': 'docker-archive:./image.tar',
  'oci-archive': 'oci-archive:./image.tar',
  docker: 'docker:debian:12',
  podman: 'podman:debian:12',
  containerd: 'containerd:docker.io/library/debian:12',
  crio: 'crio:docker.io/library/debian:12',
  rootfs: 'rootfs:/mnt/image',
};

/** `oci:24` is the image `oci` at tag 24, `oci:./x` and `dir:/mnt` are not. */
function looksLikeTag(rest: string): boolean {
  return /^\w[\w.-]{0,127}$/.test(rest);
}
