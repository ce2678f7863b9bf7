import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheEntry } from './cache-entry.ts';
import { runTool } from './run-tool.ts';

/** The content of Debian packages, unpacked into one folder and installed nowhere; kept between runs. */
export async function extractedDebs(name: string, packages: readonly string[]): Promise<string> {
  return await cacheEntry(name, { packages, made: 1 }, async (entry) => {
    await runTool('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', ...packages], { cwd: entry });
    const debs = (await readdir(entry)).filter((file) => file.endsWith('.deb'));
    for (const deb of debs) await runTool('dpkg-deb', ['-x', join(entry, deb), entry]);
  });
}
