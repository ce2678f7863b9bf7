import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheEntry } from './cache-entry.ts';
import { runTool } from './run-tool.ts';

/** A project under `e2e/fixtures`: a manifest and the lock that pins what npm installs. */
export type NpmProject = 'npm-app' | 'npm-app-next' | 'npm-tools';

/** The folder with `package.json` and `package-lock.json` of the project. */
export function npmProject(project: NpmProject): string {
  return fileURLToPath(new URL(`../fixtures/${project}`, import.meta.url));
}

/** A folder in which npm itself has installed the project from its lock; kept between runs, not to be written to. */
export async function installedNpmProject(project: NpmProject): Promise<string> {
  const lock = await readFile(join(npmProject(project), 'package-lock.json'), 'utf8');
  return await cacheEntry(project, { lock, made: 1 }, async (entry) => {
    await cp(npmProject(project), entry, { recursive: true });
    await npmInstall(entry, 'ci');
  });
}

/** Lets npm bring `node_modules` of a folder in line with its lock: `ci` from nothing, `install` by changing it. */
export async function npmInstall(directory: string, verb: 'ci' | 'install'): Promise<void> {
  await runTool('npm', [verb, '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--no-progress'], {
    cwd: directory,
  });
}
