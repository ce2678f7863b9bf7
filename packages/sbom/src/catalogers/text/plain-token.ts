/** Longest name or version that is believed. */
const maxTokenLength = 1024;

/**
 * Whether a text can be a package's name or version: something, not too much of it, without white space and control
 * characters. What passes for a name in one package system or another goes no further than this.
 */
export function isPlainToken(text: string): boolean {
  return text.length > 0 && text.length <= maxTokenLength && !/[\s\p{Cc}]/u.test(text);
}
