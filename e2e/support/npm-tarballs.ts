import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheEntry } from './cache-entry.ts';
import { runTool } from './run-tool.ts';

/** The files of npm packages, each unpacked into a folder of its own whatever machine they are made for. */
export async function npmTarballs(name: string, specifiers: readonly string[]): Promise<string> {
  return await cacheEntry(name, { specifiers, made: 1 }, async (entry) => {
    await runTool('npm', ['pack', '--silent', '--prefer-offline', ...specifiers], { cwd: entry });
    const tarballs = (await readdir(entry)).filter((file) => file.endsWith('.tgz'));
    for (const tarball of tarballs) {
      const directory = join(entry, tarball.slice(0, -'.tgz'.length));
      await mkdir(directory);
      await runTool('tar', ['-xzf', join(entry, tarball), '-C', directory]);
    }
  });
}
