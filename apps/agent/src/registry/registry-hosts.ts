import type { RegistryHosts } from '@falcon-iar/oci-registry';

/** Where it is said which mirrors are asked, and what is blocked. */
export interface RegistryHostsFiles {
  /** A `registries.conf`. */
  readonly registriesConf: string | undefined;
  /** A folder as containerd's `certs.d`. */
  readonly registryHostsDir: string | undefined;
}

/** What the files say of registries; `undefined` where none is named. The folder is asked first. */
export async function registryHosts(
  { registriesConf: file, registryHostsDir }: RegistryHostsFiles,
  insecureHttp: readonly string[],
): Promise<RegistryHosts | undefined> {
  if (file === undefined && registryHostsDir === undefined) return undefined;
  const { chainHosts, hostsToml, registriesConf } = await import('@falcon-iar/oci-registry/hosts');
  return chainHosts(
    ...(registryHostsDir === undefined ? [] : [hostsToml({ directories: [registryHostsDir], insecureHttp })]),
    ...(file === undefined ? [] : [registriesConf({ paths: [file], certificates: ['/etc/containers/certs.d'] })]),
  );
}
