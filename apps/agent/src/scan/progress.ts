import type { ScannableImage } from '../inventory/scannable-image.ts';

/** Shows on one line how much of an image has been read. */
export interface Progress {
  start(image: ScannableImage): void;
  add(bytes: number): void;
  /** Takes the line away, so that what follows starts on a clean one. */
  clear(): void;
}

const redrawEveryMs = 100;

const nothing = () => undefined;
const silent: Progress = { start: nothing, add: nothing, clear: nothing };

/** Progress on a terminal; elsewhere, or when asked to be quiet, nothing is shown. */
export function createProgress(stderr: NodeJS.WriteStream, { quiet }: { quiet: boolean }): Progress {
  if (quiet || !stderr.isTTY || process.env.CI) return silent;
  let total = 0;
  let read = 0;
  let name = '';
  let drawnAt = 0;
  const draw = () => {
    // Runtimes only estimate how much they will send.
    const share =
      total === 0 || read > total ? '' : ` of ${megabytes(total)} MB  ${Math.floor((100 * read) / total)} %`;
    stderr.write(`\r\u001b[2K${name}  ${megabytes(read)} MB${share}`);
  };
  return {
    start(image) {
      name = image.reference;
      const distinct = new Map(image.layers.map(({ digest, size }) => [digest, size]));
      total = Array.from(distinct.values()).reduce((sum, size) => sum + size, 0);
      draw();
    },
    add(bytes) {
      read += bytes;
      const now = performance.now();
      if (now - drawnAt < redrawEveryMs) return;
      drawnAt = now;
      draw();
    },
    clear() {
      stderr.write('\r\u001b[2K');
    },
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
