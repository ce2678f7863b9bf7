import type { JsonObject } from '../../model/json.ts';
import { withoutUndefined } from '../without-undefined.ts';

const maxLineBytes = 256;

/** Whether a file begins with `#!` and the path of a program, as the kernel demands of scripts (execve(2)). */
export function isScript(head: Uint8Array): boolean {
  return head[0] === 0x23 && head[1] === 0x21 && scriptDetails(head).interpreter !== undefined;
}

/** The program that runs a script, and the one argument that the kernel makes of the rest of the line. */
export function scriptDetails(head: Uint8Array): JsonObject {
  const end = head.indexOf(0x0a);
  const line = new TextDecoder().decode(head.subarray(2, Math.min(end < 0 ? head.length : end, maxLineBytes))).trim();
  const [, interpreter, argument] = /^(\/[^\s\p{Cc}]+)(?:[ \t]+([^\p{Cc}]+))?/u.exec(line) ?? [];
  return withoutUndefined({ interpreter, argument: argument?.trim() || undefined });
}
