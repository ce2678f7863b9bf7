import { writeSync } from 'node:fs';

/** Takes lines of a log. */
export interface LogDestination {
  /** @param line - With its newline. Never throws. */
  write(line: string): void;
}

/** Options of {@link openLogDestination}. */
export interface LogDestinationOptions {
  /** Where to write: 1 is standard output, 2 standard error. */
  readonly fd: number;
  /** ms since epoch. */
  readonly now: () => number;
  /** Called for each line that could not be written. */
  readonly onLost?: () => void;
}

/** How long one line waits for a reader that has fallen behind, in ms, and how long each nap is. */
const patience = 200;
const nap = 10;

/**
 * A log on a file descriptor. Each line is written before `write` returns, so that none is missing when the process
 * dies, and no failure (nobody reads any more, the disk is full, the reader has stalled) harms the program: the line is
 * lost, and the first one that gets through again follows a line telling how many were.
 */
export function openLogDestination({ fd, now, onLost }: LogDestinationOptions): LogDestination {
  let lost = 0;
  let torn = false;
  const attempt = (line: string): boolean => {
    const bytes = Buffer.from(torn ? `\n${line}` : line);
    // Who has not read for a while is not waited for again until he does.
    const written = writeAll(fd, bytes, lost === 0 ? patience : 0);
    if (written > 0) torn = written < bytes.length;
    return written === bytes.length;
  };
  const notice = (): string =>
    `${JSON.stringify({ level: 'warn', time: new Date(now()).toISOString(), msg: 'lines of this log were lost', lost })}\n`;
  return {
    write: (line) => {
      if (lost > 0 && attempt(notice())) lost = 0;
      if (lost === 0 && attempt(line)) return;
      lost += 1;
      onLost?.();
    },
  };
}

/** How many of the bytes were written before it failed or the time was over. */
function writeAll(fd: number, bytes: Buffer, patienceLeft: number): number {
  let written = 0;
  for (let left = patienceLeft; written < bytes.length; ) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EINTR') continue;
      // A pipe that another process made non-blocking, and that is full.
      if (code !== 'EAGAIN' || left <= 0) return written;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, nap);
      left -= nap;
    }
  }
  return written;
}
