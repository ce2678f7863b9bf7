import { ExtractError, type ExtractErrorCode, type ExtractErrorOptions } from '../extract-error.ts';

/** An error of a seekable layer. */
export function tocError(
  code: Extract<ExtractErrorCode, 'TOC_INVALID' | 'CHUNK_INVALID'>,
  message: string,
  options: ExtractErrorOptions = {},
): ExtractError {
  return new ExtractError(code, message, options);
}
