const zeros = Buffer.alloc(64 * 1024);

/** Index of the first byte that is not zero; -1 where there is none. Padding can be long, so whole pieces are compared. */
export function firstNonZero(bytes: Uint8Array): number {
  for (let at = 0; at < bytes.byteLength; at += zeros.byteLength) {
    const piece = bytes.subarray(at, at + zeros.byteLength);
    if (zeros.compare(piece, 0, piece.byteLength, 0, piece.byteLength) !== 0)
      return at + piece.findIndex((byte) => byte !== 0);
  }
  return -1;
}
