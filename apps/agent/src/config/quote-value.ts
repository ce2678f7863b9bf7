const longest = 80;

/** A value as an error message may show it: in quotes, cut, without the user of a URL and without its query. */
export function quoteValue(value: string): string {
  const harmless = value.replace(/\/\/[^/?#]*@/g, '//***@').replace(/\?.*$/s, '?***');
  return JSON.stringify(harmless.length > longest ? `${harmless.slice(0, longest)}…` : harmless);
}
