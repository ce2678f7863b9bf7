/**
 * The CPE 2.3 name (NISTIR 7695) of a package that states a CPE 2.2 URI without version, such as
 * `cpe:/a:busybox:busybox`.
 *
 * @param version - Of the package; its release (`-r2`) is the packager's own and no part of the name.
 * @returns undefined for a URI of another form
 */
export function cpeName(uri: string, version: string): string | undefined {
  const [, part, vendor, product] = /^cpe:\/([aoh]):([^:\s]{1,200}):([^:\s]{1,200})$/.exec(uri) ?? [];
  if (part === undefined || vendor === undefined || product === undefined) return undefined;
  const upstream = version.replace(/^\d+:/, '').replace(/-r?\d+$/, '');
  return ['cpe', '2.3', part, ...[vendor, product, upstream].map(quoted), ...Array(7).fill('*')].join(':');
}

/** The URI's percent encoding undone, and a backslash before what has a meaning in a formatted string. */
function quoted(text: string): string {
  const plain = text.replace(/%([2-7][0-9a-f])/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return plain.toLowerCase().replace(/[^a-z0-9._-]/g, '\\$&');
}
