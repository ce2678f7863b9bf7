import { FalconError } from '@falcon-iar/falcon-api';
import { exitCode } from '../cli/exit-code.ts';

/** Why a verb of `iar images` failed, with what to do about it. */
export class ImagesError extends Error {
  override readonly name = 'ImagesError';
  readonly exitCode: number;
  readonly hint: string | undefined;

  constructor(message: string, hint?: string, options: ErrorOptions & { readonly exitCode?: number } = {}) {
    super(message, options);
    this.hint = hint;
    this.exitCode = options.exitCode ?? exitCode.unexpected;
  }
}

/** What is wrong with how it was asked, not with the cloud. */
const usageCodes: ReadonlySet<string> = new Set(['OPTIONS_INVALID', 'CLOUD_UNKNOWN']);

/** Does something with the Falcon cloud, whose failures become an {@link ImagesError}. */
export async function explained<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FalconError)) throw error;
    const code = usageCodes.has(error.code) ? exitCode.usage : exitCode.unexpected;
    throw new ImagesError(error.message, error.hint, { cause: error, exitCode: code });
  }
}
