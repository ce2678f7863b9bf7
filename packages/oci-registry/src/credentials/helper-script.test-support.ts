import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';

/** A folder for programs, gone when the test ends. */
export interface ProgramFolder extends AsyncDisposable {
  readonly path: string;
  /** Writes a shell script `docker-credential-NAME`. `$dir` is the folder, for what the script leaves behind. */
  write(name: string, script: string): Promise<void>;
}

/** Makes a folder that helpers can be run from: real programs, found and started as installed ones are. */
export async function programFolder(): Promise<ProgramFolder> {
  const path = await mkdtemp(join(tmpdir(), 'oci-registry-'));
  return untilTestEnds({
    path,
    async write(name, script) {
      const file = join(path, `docker-credential-${name}`);
      await mkdir(path, { recursive: true });
      await writeFile(file, `#!/bin/sh\ndir='${path}'\n${script}\n`);
      await chmod(file, 0o755);
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  });
}
