import type { Cataloger } from '../catalog/cataloger.ts';

const defaultFrom = 32 * 1024;

/** Whether a cataloger asks to read a file of that size where a deadline holds. */
export function readsApart({ isolate }: Pick<Cataloger, 'isolate'>, size: number): boolean {
  return isolate !== undefined && size >= (isolate.from ?? defaultFrom);
}
