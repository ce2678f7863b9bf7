import { type Compression, compressionOf } from './inflate.ts';
import { blockBytes, decodeTarHeader, isEndBlock } from './tar-header.ts';

/** Bytes of a member that tell what it is: a tar header. */
export const shapeBytes: number = blockBytes;

/**
 * What a member of a stream is by how it begins, as names do not tell: among the `blobs/` of an OCI archive, layers,
 * configs, manifests and whatever else somebody filed there are all called by their digest.
 */
export type MemberShape =
  | { readonly kind: 'layer'; readonly compression: Compression | undefined }
  | { readonly kind: 'document' }
  | { readonly kind: 'other' };

/** BuildKit's provenance and SBOMs: large, many, and never what an image is made of. */
const statement = Buffer.from('"https://in-toto.io/Statement');

function isTarBlock(head: Buffer): boolean {
  return head.length === blockBytes && (isEndBlock(head) || decodeTarHeader(head) !== undefined);
}

/** Tells what a member is. @param head its first {@link shapeBytes} bytes, fewer where it is smaller */
export function shapeOf(head: Buffer): MemberShape {
  const compression = compressionOf(head);
  // A tar whose first file is called "{" begins like a document.
  if (compression !== undefined || isTarBlock(head)) return { kind: 'layer', compression };
  const isJson = /^[\s]*[[{]/.test(head.toString('latin1'));
  const isDocument = isJson || head.toString('latin1') === 'null';
  return { kind: isDocument && !head.includes(statement) ? 'document' : 'other' };
}
