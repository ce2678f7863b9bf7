import { ByteFields } from '../../executable/byte-fields.ts';
import { type ExecutableImage, readAddress } from '../../executable/executable-image.ts';

/** The one that only native images have comes first: where it is missing, the others are not looked for. */
const symbols = ['__svm_version_info', 'sbom', 'sbom_length'] as const;

/** The compressed document of a native image, or why it is not read. */
export type EmbeddedBom =
  | { readonly kind: 'gzip'; readonly bytes: Uint8Array }
  | { readonly kind: 'malformed' | 'too-large'; readonly reason: string };

/**
 * Finds the document that GraalVM's `native-image --enable-sbom` embeds (GraalVM security guide, "SBOM in Native
 * Image"): the symbol `sbom` is its address, and at `sbom_length` stands its length.
 *
 * @returns undefined where the program is no native image, or has none
 */
export async function readEmbeddedBom(image: ExecutableImage, maxBytes: number): Promise<EmbeddedBom | undefined> {
  const addresses = await image.symbols(symbols);
  const [version, address, lengthAddress] = symbols.map((name) => addresses.get(name));
  if (address === undefined || lengthAddress === undefined || version === undefined) return undefined;
  const length = new ByteFields(await readAddress(image, lengthAddress, 8), image.littleEndian).u64(0);
  if (length === 0) return { kind: 'malformed', reason: 'the embedded document has no length' };
  if (length > maxBytes)
    return { kind: 'too-large', reason: `an embedded document of ${length} bytes, the limit is ${maxBytes}` };
  const bytes = await readAddress(image, address, length);
  if (bytes.length < length)
    return { kind: 'malformed', reason: 'the embedded document runs over the end of its segment' };
  return { kind: 'gzip', bytes };
}
