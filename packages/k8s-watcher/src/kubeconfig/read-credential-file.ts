import { createReadStream } from 'node:fs';
import { WatcherError } from '../watcher-error.ts';

/** Bytes of a kubeconfig or of a file it names. */
const maxBytes = 1024 * 1024;

/**
 * The text of a file, of at most 1 MiB; `path` may be a pipe.
 *
 * @throws WatcherError `CREDENTIALS_UNREADABLE`, its cause what the system said; the signal's reason on abort.
 */
export async function readCredentialFile(path: string, signal: AbortSignal | undefined): Promise<string> {
  signal?.throwIfAborted();
  const chunks: Buffer[] = [];
  try {
    const stream = createReadStream(path, { end: maxBytes, ...(signal && { signal }) });
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch (cause) {
    signal?.throwIfAborted();
    throw new WatcherError('CREDENTIALS_UNREADABLE', `read ${path}: the file cannot be read`, { cause });
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length > maxBytes) {
    throw new WatcherError('CREDENTIALS_UNREADABLE', `read ${path}: the file has more than ${maxBytes} bytes`);
  }
  return bytes.toString('utf8');
}
