import { readdirSync, readlinkSync } from 'node:fs';

/** The files and folders below `directory` that this process has open. Linux only. */
export function openBelow(directory: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(directory) ? [target] : [];
    } catch {
      return []; // the listing's own descriptor
    }
  });
}

/** What keeps the event loop alive and is no open file: sockets, child processes, timers, by name. */
export function activeResources(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /^(?:TCP|Pipe|Process|Timeout)/.test(name));
}
