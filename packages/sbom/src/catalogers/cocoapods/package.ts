import type { StatedPackage } from '../package-list.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { LockedPod } from './parse-podfile-lock.ts';

/** The pods of a lock file, each once: its parts are no packages of their own. */
export function lockedPods(pods: readonly LockedPod[]): StatedPackage[] {
  const names = new Set(pods.map(({ name }) => name));
  return pods.map(({ name, version, subspecs, requires, specChecksum, source, commit }) => {
    const needed = [...new Set(requires)].filter((other) => other !== name && names.has(other));
    return {
      ...{ type: 'cocoapods', class: 'language', scope: 'declared', key: name, name, version },
      ...(needed.length > 0 && { dependsOn: needed }),
      details: withoutUndefined({
        subspecs: subspecs.length === 0 ? undefined : [...new Set(subspecs)].slice(0, maxSubspecs),
        specChecksum,
        source,
        commit,
      }),
    };
  });
}

const maxSubspecs = 200;
