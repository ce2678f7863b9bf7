/** The main section of a manifest: values by attribute name in lower case. */
export type JarManifest = ReadonlyMap<string, string>;

/** Attributes that are kept; signed archives of OSGi have some forty. */
const maxAttributes = 500;
/** Characters of one value; lists of exported packages are far longer, and nobody needs them whole. */
const maxValueLength = 16 * 1024;

/**
 * Reads the main section of a `META-INF/MANIFEST.MF` (JAR File Specification, "JAR Manifest"): lines of at most 72
 * bytes that go on where the next one begins with a space, any of the three line ends. Names are compared without case.
 * What is no attribute is passed over. Never throws.
 *
 * @param bytes - UTF-8. Lines may break within a character, so they are joined before they are decoded.
 */
export function parseManifest(bytes: Uint8Array): JarManifest {
  const attributes = new Map<string, string>();
  // Bytes as characters: joining lines then also joins the characters that were cut in two.
  const text = mainSection(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'));
  for (const line of text.replace(/(?:\r\n|\n|\r) /g, '').split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':');
    if (colon <= 0 || colon > 70 || attributes.size === maxAttributes) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = Buffer.from(line.slice(colon + 1, colon + 1 + maxValueLength), 'latin1')
      .toString('utf8')
      .trim();
    if (value !== '' && !attributes.has(name)) attributes.set(name, value);
  }
  return attributes;
}

/** Up to the first empty line; behind it stand sections of single entries, megabytes of them in signed archives. */
function mainSection(text: string): string {
  const start = text.startsWith('\xef\xbb\xbf') ? 3 : 0;
  const end = text.slice(start).search(/\n\r?\n|\r\r/);
  return end < 0 ? text.slice(start) : text.slice(start, start + end);
}
