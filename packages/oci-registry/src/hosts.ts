export { chainHosts } from './hosts/chain-hosts.ts';
export { type HostsTomlOptions, hostsToml } from './hosts/hosts-toml.ts';
export { type RegistriesConfOptions, registriesConf } from './hosts/registries-conf.ts';
export type {
  HostCapability,
  HostLookupOptions,
  HostTarget,
  RegistryHost,
  RegistryHosts,
} from './hosts/registry-host.ts';
export { type StaticHost, type StaticMirror, type StaticRegistry, staticHosts } from './hosts/static-hosts.ts';
