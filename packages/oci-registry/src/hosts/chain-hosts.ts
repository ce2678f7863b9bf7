import type { RegistryHosts } from './registry-host.ts';

/**
 * Asks several in turn; the first that says something decides, also where it says that a registry is blocked or that its
 * file cannot be understood.
 */
export function chainHosts(...sources: readonly RegistryHosts[]): RegistryHosts {
  return {
    async hostsFor(target, options) {
      for (const source of sources) {
        const hosts = await source.hostsFor(target, options);
        if (hosts !== undefined) return hosts;
      }
      return undefined;
    },
  };
}
