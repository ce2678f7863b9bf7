import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder for things that take minutes to make: `$FALCON_IAR_CACHE`, else `~/.cache/falcon-iar`. */
export function cacheRoot(): string {
  return process.env.FALCON_IAR_CACHE ?? join(homedir(), '.cache', 'falcon-iar');
}

/**
 * A folder that is made once and kept between runs, under a key of its inputs.
 *
 * It is complete or absent: `build` fills a folder of its own, which is then renamed into place. When two runs race,
 * the first rename wins and the other's work is dropped.
 *
 * @param name what it is, the first part of the folder's name
 * @param inputs everything that decides the content
 * @param build fills the empty folder it is given
 */
export async function cacheEntry(
  name: string,
  inputs: unknown,
  build: (directory: string) => Promise<void>,
): Promise<string> {
  const key = createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16);
  const final = join(cacheRoot(), `${name}-${key}`);
  if (await exists(final)) return final;
  const scratch = `${final}.${randomUUID()}.partial`;
  await mkdir(scratch, { recursive: true });
  try {
    await build(scratch);
    await rename(scratch, final);
  } catch (error) {
    await rm(scratch, { recursive: true, force: true });
    const lostTheRace = isCode(error, 'ENOTEMPTY') || isCode(error, 'EEXIST');
    if (!(lostTheRace && (await exists(final)))) throw error;
  }
  return final;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
