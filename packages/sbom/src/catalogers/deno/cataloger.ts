import type { Cataloger } from '../../catalog/cataloger.ts';
import { maxLockedPackages } from '../npm/locked-package.ts';
import { splitNpmName } from '../npm/package-name.ts';
import { isBelowNodeModules } from '../npm/package-place.ts';
import { maxLockBytes } from '../npm/read-lock.ts';
import { type PackageListFacts, packageListCataloger, type StatedPackage } from '../package-list.ts';
import { type DenoPackage, parseDenoLock } from './parse-deno-lock.ts';

/** What lock files of Deno declare: packages of npm and of JSR. */
export const denoLockCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'deno-lock',
  version: '1',
  description: {
    title: 'Deno lock files',
    selects: ['**/deno.lock'],
    reads: 'the locked packages of npm and JSR, their hashes and what they need',
    emits: ['npm', 'jsr'],
  },
  select: { names: ['deno.lock'], path: (path, kind) => kind === 'file' && !isBelowNodeModules(path) },
  isolate: { deadline: 30_000 },
  async read(file, context) {
    if (file.size > maxLockBytes) {
      context.problem('too-large', `${file.size} bytes, the limit is ${maxLockBytes}`);
      return undefined;
    }
    const lock = parseDenoLock(new TextDecoder().decode(await file.bytes(maxLockBytes)));
    if (lock.kind === 'malformed') {
      context.problem('malformed', lock.reason);
      return undefined;
    }
    if (lock.truncated) context.problem('too-large', `more than ${maxLockedPackages} packages`);
    return lock.packages.map(stated);
  },
});

function stated({ registry, key, name, version, hash, dependsOn }: DenoPackage): StatedPackage {
  return {
    ...{ type: registry, class: 'language', scope: 'declared', key, ...splitNpmName(name), version },
    ...(hash && { hashes: [hash] }),
    ...(dependsOn && { dependsOn }),
  };
}
