/** A configuration file as dpkg remembers it (deb-conffiles(5), `Conffiles` of a status file). */
export interface DpkgConffile {
  /** As the package names it, without the leading slash. */
  readonly path: string;
  /** MD5 of the file as the package brought it, lower-case hexadecimal; absent for one that was never unpacked. */
  readonly md5?: string;
  /** The installed version of the package no longer has it. */
  readonly obsolete?: true;
}

/** dpkg writes it in place of a digest between unpacking a new configuration file and configuring the package. */
const notYetHashed = 'newconffile';

/**
 * Reads the `Conffiles` field of a status stanza with its lines joined by spaces: path, digest, then `obsolete` or
 * `remove-on-upgrade` where they apply. A path may have spaces in it; the digest says where it ends.
 */
export function parseConffiles(field: string): DpkgConffile[] {
  const conffiles: { path: string; md5?: string; obsolete?: true }[] = [];
  let path: string[] = [];
  for (const word of field.split(' ')) {
    const last = conffiles.at(-1);
    const isDigest = /^[0-9a-f]{32}$/.test(word) || word === notYetHashed;
    if (isDigest && path.length > 0) {
      conffiles.push({ path: path.join(' ').replace(/^\/+/, ''), ...(word !== notYetHashed && { md5: word }) });
      path = [];
    } else if (path.length === 0 && word === 'obsolete' && last !== undefined) last.obsolete = true;
    // Any other word begins or continues a path, but only an absolute one is a path.
    else if (path.length > 0 || word.startsWith('/')) path.push(word);
  }
  return conffiles;
}
