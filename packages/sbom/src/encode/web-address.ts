/** Characters; what is longer is no address that anybody could follow. */
const maxLength = 2_000;

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const host = new RegExp(`^(?:${label}(?:\\.${label})*\\.?|\\[[0-9a-f:.]+\\])$`);

/**
 * Only what is a web address beyond doubt, in its canonical form; metadata has prose and e-mail addresses in these fields
 * as well. One with a user's name or password in it is none that a document should spread.
 */
export function webAddress(text: string | undefined): string | undefined {
  const address = text?.replace(/^git\+(?=https?:)/, '');
  if (address === undefined || address.length > maxLength || !/^https?:\/\//i.test(address)) return undefined;
  const url = URL.parse(address);
  if (url === null || url.username !== '' || url.password !== '') return undefined;
  if (!host.test(url.hostname) || url.hostname.length > 253) return undefined;
  return /^[!#$%&'()*+,./0-9:;=?@A-Z[\]_a-z~-]+$/.test(url.href) ? url.href : undefined;
}
