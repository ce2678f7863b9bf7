import { printable } from '../cli/printable.ts';
import type { ImagesContext, ImagesOptions } from './images-options.ts';

/** Tells people what is done, unless they asked for quiet. */
export function note(text: string, { quiet }: ImagesOptions, { stderr }: ImagesContext): void {
  if (!quiet) stderr.write(`iar: ${printable(text)}\n`);
}

/** Tells people what they should know, unless they asked for quiet. */
export function warn(text: string, options: ImagesOptions, context: ImagesContext): void {
  note(`warning: ${text}`, options, context);
}
