import { ExtractError } from '../extract-error.ts';

/** `TAR_INVALID`, with the archive offset of the header. */
export function invalidTar(offset: number, what: string): ExtractError {
  return new ExtractError('TAR_INVALID', `tar header, offset ${offset}: ${what}`, { offset });
}

/** `TRUNCATED`, with the archive offset of its end. */
export function truncatedTar(offset: number): ExtractError {
  const what = 'the archive ends inside a header or a file';
  return new ExtractError('TRUNCATED', `tar data, decompressed offset ${offset}: ${what}`, { offset });
}

/** `LIMIT_EXCEEDED`, with the archive offset of what asks for too much. */
export function tarExceeds(offset: number, what: string): ExtractError {
  return new ExtractError('LIMIT_EXCEEDED', `tar, decompressed offset ${offset}: ${what}`, { offset });
}
