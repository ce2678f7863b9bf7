import type { HostCapability } from './registry-host.ts';

/** What the registry itself may be asked for. */
export const allCapabilities: ReadonlySet<HostCapability> = new Set<HostCapability>(['pull', 'resolve', 'push']);

/** What a mirror may be asked for where nothing is said. */
export const mirrorCapabilities: ReadonlySet<HostCapability> = new Set<HostCapability>(['pull', 'resolve']);
