import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLogDestination } from './log-destination.ts';

const now = (): number => 0;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'log-destination-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A pipe with its reading end, which never waits on either side. */
function openPipe(): { reader: number; writer: number; read: () => string } {
  const path = join(directory, 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  const buffer = Buffer.alloc(1 << 20);
  return { reader, writer, read: () => buffer.toString('utf8', 0, readSync(reader, buffer)) };
}

describe('openLogDestination', () => {
  it('has written a line when it returns', () => {
    const path = join(directory, 'log');
    const fd = openSync(path, 'a');
    openLogDestination({ fd, now }).write('ünë\n');
    expect(readFileSync(path, 'utf8')).toBe('ünë\n');
    closeSync(fd);
  });

  it('outlives a full disk and counts what is lost', () => {
    const fd = openSync('/dev/full', 'w');
    let lost = 0;
    const log = openLogDestination({
      fd,
      now,
      onLost: () => {
        lost += 1;
      },
    });
    for (let i = 0; i < 3; i += 1) log.write('line\n');
    expect(lost).toBe(3);
    closeSync(fd);
  });

  it('outlives a reader that went away', () => {
    const { reader, writer } = openPipe();
    closeSync(reader);
    let lost = 0;
    openLogDestination({
      fd: writer,
      now,
      onLost: () => {
        lost += 1;
      },
    }).write('line\n');
    expect(lost).toBe(1);
    closeSync(writer);
  });

  it('waits for a stalled reader once and briefly, then goes on; tells how many lines were lost, on a line of its own', () => {
    const { reader, writer, read } = openPipe();
    let lost = 0;
    const log = openLogDestination({
      fd: writer,
      now,
      onLost: () => {
        lost += 1;
      },
    });
    const line = `${'x'.repeat(9999)}\n`;
    const started = performance.now();
    while (lost < 50) log.write(line);
    expect(performance.now() - started).toBeLessThan(3000);
    read();
    log.write('again\n');
    log.write('and again\n');
    const lines = read().split('\n');
    expect(lines.slice(-4)).toEqual([
      '{"level":"warn","time":"1970-01-01T00:00:00.000Z","msg":"lines of this log were lost","lost":50}',
      ...['again', 'and again', ''],
    ]);
    closeSync(reader);
    closeSync(writer);
  });
});
