/** A header block, and what follows it, with texts put at these offsets and the checksum made to fit. */
export function resealed(entry: Uint8Array, texts: Readonly<Record<number, string>>): Buffer {
  const bytes = Buffer.from(entry);
  for (const [at, text] of Object.entries(texts)) bytes.write(text, Number(at), 'latin1');
  const sum = bytes
    .subarray(0, 512)
    .fill(' ', 148, 156)
    .reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
}
