import { SettingsError } from '../config/settings-error.ts';
import { exitCode } from './exit-code.ts';
import { printable } from './printable.ts';

interface ErrorWithHint extends Error {
  readonly hint?: string | undefined;
  readonly exitCode?: number;
  readonly code?: unknown;
}

/** Errors of the libraries that images come from speak of the image, but for these codes. */
const imageErrors = new Set(['RegistryError', 'RuntimeError']);
const usageCodes = new Set(['REFERENCE_INVALID', 'REFERENCE_AMBIGUOUS', 'ENDPOINT_INVALID']);

/** The exit code of an error that says so itself, or of a library whose errors all speak of the image. */
function knownExitCode({ exitCode: own, name, code }: ErrorWithHint): number | undefined {
  if (own !== undefined) return own;
  if (!imageErrors.has(name)) return undefined;
  return typeof code === 'string' && usageCodes.has(code) ? exitCode.usage : exitCode.imageNotAvailable;
}

/**
 * Writes an error for people: one line saying what and where, one `hint:` line saying what to do, and with `verbose`
 * the stack of it and of its causes. Returns the exit code.
 */
export function reportError(error: unknown, stderr: NodeJS.WritableStream, { verbose }: { verbose: boolean }): number {
  if (!(error instanceof Error)) {
    stderr.write(`iar: error: ${printable(String(error))}\n`);
    return exitCode.unexpected;
  }
  for (const { message, hint } of toldBy(error)) {
    stderr.write(`iar: error: ${printable(message)}\n`);
    if (hint) stderr.write(`hint: ${printable(hint)}\n`);
  }
  const known = knownExitCode(error);
  if (verbose) writeStacks(error, stderr);
  else if (known === undefined) stderr.write('hint: this is a defect of iar; run again with -vv to see where\n');
  return known ?? exitCode.unexpected;
}

/** A configuration tells all that is wrong with it, each by itself. */
function toldBy(error: ErrorWithHint): readonly Pick<ErrorWithHint, 'message' | 'hint'>[] {
  return error instanceof SettingsError ? error.problems : [error];
}

function writeStacks(error: Error, stderr: NodeJS.WritableStream): void {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    stderr.write(`${current === error ? '' : 'caused by: '}${current.stack ?? current.message}\n`);
  }
}
