/** A customer id without its checksum, in lower case; `undefined` where the text is no customer id. */
export function cidWithoutChecksum(ccid: string): string | undefined {
  return /^([0-9a-f]{32})(-[0-9a-f]{2})?$/.exec(ccid.trim().toLowerCase())?.[1];
}
