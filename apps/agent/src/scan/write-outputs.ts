import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../cli/usage-error.ts';
import type { OutputSpec } from './output-spec.ts';

/** Encodes an inventory in one format, in pieces. */
export type Encode = (format: OutputSpec['format']) => Iterable<string> | Promise<Iterable<string>>;

/**
 * Checks before the work that the files can be written after it.
 * @throws UsageError naming the directory
 */
export async function checkOutputs(outputs: readonly OutputSpec[]): Promise<void> {
  for (const { file } of outputs) {
    if (file === undefined) continue;
    const directory = dirname(resolve(file));
    try {
      await access(directory, constants.W_OK);
    } catch (cause) {
      throw new UsageError(`cannot write ${file}`, `the directory ${directory} must exist and be writable`, { cause });
    }
  }
}

/**
 * Writes all outputs: each file appears under its name only when it is whole, and standard output comes last, when
 * nothing can go wrong with the files any more.
 */
export async function writeOutputs(
  outputs: readonly OutputSpec[],
  encode: Encode,
  stdout: NodeJS.WritableStream,
): Promise<void> {
  const written: { part: string; destination: string }[] = [];
  try {
    for (const { format, file } of outputs) {
      if (file === undefined) continue;
      const destination = await regularDestination(file);
      // A pipe or a device has no name that could be put in place afterwards.
      if (destination === undefined) {
        await writeFile(file, 'w', await encode(format), file);
        continue;
      }
      const part = `${destination}.${randomUUID()}.part`;
      written.push({ part, destination });
      await writeFile(part, 'wx', await encode(format), file);
    }
    for (const { part, destination } of written) await rename(part, destination);
  } catch (error) {
    await Promise.all(written.map(({ part }) => rm(part, { force: true })));
    throw error;
  }
  const toStdout = outputs.find(({ file }) => file === undefined);
  if (toStdout !== undefined) await writeStdout(await encode(toStdout.format), stdout);
}

/** The path of the regular file that `file` is, or would be; undefined when it is something else. */
async function regularDestination(file: string): Promise<string | undefined> {
  const existing = await stat(file).catch(() => undefined);
  if (existing === undefined) return file;
  return existing.isFile() ? realpath(file) : undefined;
}

async function writeFile(path: string, flags: 'w' | 'wx', chunks: Iterable<string>, file: string): Promise<void> {
  try {
    const handle = await open(path, flags, 0o644);
    try {
      for (const chunk of chunks) await handle.writeFile(chunk);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new UsageError(`cannot write ${file}`, 'check that the directory is writable and has room', { cause });
  }
}

async function writeStdout(chunks: Iterable<string>, stdout: NodeJS.WritableStream): Promise<void> {
  for (const chunk of chunks) {
    await new Promise<void>((done, failed) => stdout.write(chunk, (error) => (error ? failed(error) : done())));
  }
}
