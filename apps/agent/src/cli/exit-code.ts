/** The documented exit codes of every verb. */
export const exitCode = {
  done: 0,
  unexpected: 1,
  usage: 2,
  imageNotAvailable: 3,
  partialInventory: 4,
  brokenPipe: 141,
} as const;

/** Exit code of a process that ended because of a signal: 128 + its number. */
export function signalExitCode(signal: 'SIGINT' | 'SIGTERM'): number {
  return signal === 'SIGINT' ? 130 : 143;
}
