import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    // Whatever keeps it from being looked at keeps it from being run: the search goes on.
    return false;
  }
}

/**
 * Finds a program in the directories of a `PATH`. Those that are not absolute are left out, so that what happens to lie
 * in the current directory is never run.
 */
export async function findProgram(name: string, path: string): Promise<string | undefined> {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  for (const directory of path.split(delimiter)) {
    if (!isAbsolute(directory)) continue;
    const candidate = join(directory, file);
    if (await isProgram(candidate)) return candidate;
  }
  return undefined;
}
