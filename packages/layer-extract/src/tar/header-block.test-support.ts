import { HeaderBlock } from './header-block.ts';

/** A block with the bytes given. */
export function headerBlock(bytes: Uint8Array): HeaderBlock {
  const block = new HeaderBlock();
  block.bytes.set(bytes);
  return block;
}
