/** `host/path` of a URL: what may stand in a message. Query strings can be signatures, user info is a secret. */
export function printUrl(url: URL): string {
  return `${url.host}${url.pathname}`;
}

/** Longest piece of a server's own words put into a message, in characters. */
const maxForeignText = 200;

/**
 * Makes text that a server sent fit for a message: one line, no control characters, not endless, and no query string
 * or user info of any URL in it.
 */
export function cleanForeignText(text: string): string {
  const visible = text
    .slice(0, 4 * maxForeignText)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]+/g, ' ')
    .replace(/(https?:\/\/)[^\s/@"']{1,256}@/gi, '$1')
    .replace(/(https?:\/\/[^\s?"']{1,512})\?[^\s"']*/gi, '$1')
    .trim();
  return visible.length > maxForeignText ? `${visible.slice(0, maxForeignText - 3)}...` : visible;
}
