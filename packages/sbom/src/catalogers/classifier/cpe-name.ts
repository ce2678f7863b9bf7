/**
 * The CPE 2.3 formatted string of an application at a version (NISTIR 7695, 6.2).
 *
 * @param product - `vendor:product`, with what is neither letter, digit, `.`, `-` nor `_` quoted already
 */
export function cpeName(product: string, version: string): string {
  const quoted = version.replaceAll(/[^A-Za-z0-9._-]/g, String.raw`\$&`);
  return `cpe:2.3:a:${product}:${quoted}:*:*:*:*:*:*:*`;
}
