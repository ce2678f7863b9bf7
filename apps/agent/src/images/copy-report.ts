import type { CopyEvent, CopyResult } from '@falcon-iar/oci-registry';
import type { ImagesContext, ImagesOptions } from './images-options.ts';
import { note, warn } from './note.ts';

/** Tells what a copy does, where that was asked for. */
export function copyListener(options: ImagesOptions, context: ImagesContext): (event: CopyEvent) => void {
  return (event) => {
    if (event.type === 'problem') warn(messageOf(event.error), options, context);
    if (options.verbose === 0) return;
    if (event.type === 'blob') note(`${event.outcome} ${event.digest}, ${event.size} bytes`, options, context);
    if (event.type === 'manifest') note(`wrote ${event.digest}, ${event.mediaType}`, options, context);
  };
}

/** Tells what a copy came to. */
export function reportCopy(
  reference: string,
  { digest, blobs, bytes }: CopyResult,
  options: ImagesOptions,
  context: ImagesContext,
): void {
  const { copied, mounted, existing } = blobs;
  const there = mounted + existing === 0 ? '' : `, ${mounted + existing} were there`;
  note(`${reference} is ${digest}: ${copied} blobs of ${(bytes / 1e6).toFixed(1)} MB${there}`, options, context);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
