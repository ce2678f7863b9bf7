/**
 * Takes user name and password out of an address. Metadata of packages that were installed from private sources may
 * carry a token there, and nobody wants it in an inventory. A user name alone stays (`ssh://git@host/…`), except where
 * it is a token by its length.
 */
export function withoutCredentials(address: string): string {
  const begin = address.indexOf('://');
  if (begin < 0) return address;
  const authority = begin + 3;
  const rest = address.slice(authority).search(/[/?#]/);
  const end = rest < 0 ? address.length : authority + rest;
  const at = address.lastIndexOf('@', end - 1);
  if (at < authority) return address;
  const user = address.slice(authority, at);
  const harmless = !user.includes(':') && user.length < 20;
  return harmless ? address : address.slice(0, authority) + address.slice(at + 1);
}
