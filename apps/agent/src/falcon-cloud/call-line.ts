import type { CallRecord } from '@falcon-iar/falcon-api/testing';
import { printable } from '../cli/printable.ts';

/** One call of the embedded cloud as one line: when, host, call, what it came to, and why. */
export function callLine(call: CallRecord, now: Date): string {
  const { host, method, path, answer, reason, note, bytes, milliseconds, traceId } = call;
  const why = reason ?? note;
  const size = bytes === 0 ? '' : ` ${bytes} B`;
  const line = `${now.toISOString()} ${host} ${method} ${path} ${answer}${size} ${milliseconds.toFixed(0)} ms trace ${traceId}`;
  // Paths, and the digest and agent of an upload, are whatever the caller sent.
  return printable(why === undefined ? line : `${line}: ${why}`);
}
