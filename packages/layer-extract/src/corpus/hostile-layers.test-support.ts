import { hostileCompression } from './hostile-compression.test-support.ts';
import { hostileEntries } from './hostile-entries.test-support.ts';
import { hostileHeaders } from './hostile-headers.test-support.ts';
import type { HostileLayer } from './hostile-layer.test-support.ts';
import { hostileLinks } from './hostile-links.test-support.ts';
import { hostileNames } from './hostile-names.test-support.ts';

/** The archives that every run walks, by theme. */
export const hostileThemes: Readonly<Record<string, readonly HostileLayer[]>> = {
  Compression: hostileCompression,
  'Headers and archives': hostileHeaders,
  'Names and whiteouts': hostileNames,
  Links: hostileLinks,
};

/** All archives of the corpus, the entry bombs included. */
export const hostileLayers: readonly HostileLayer[] = [...Object.values(hostileThemes).flat(), ...hostileEntries];
