import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';

/** A folder with files, by their paths within; it is gone when the test ends. */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'oci-registry-hosts-'));
  untilTestEnds({ [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}
