/** The JSON value of a text; `undefined` where it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What cannot be parsed may be most of a token, and parsers quote it: so it goes no further.
    return undefined;
  }
}
