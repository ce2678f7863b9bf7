import { RegistryError } from '../error.ts';
import { embeddedContent } from '../image/embedded-content.ts';
import type { Image, ResolveOptions } from '../image/image.ts';
import { isForeignLayerType } from '../image/media-types.ts';
import { wrongDigest } from '../image/verify-content.ts';
import { parseDigest } from '../reference/digest.ts';
import { archiveInvalid } from './archive-error.ts';
import type { ArchiveFormat } from './archive-format.ts';
import { resolveArchiveImage } from './archive-image.ts';
import type { ArchiveOptions } from './archive-options.ts';
import { notHandedOut } from './archived-layer.ts';
import type { MemberIndex } from './member-index.ts';
import { StreamPass } from './stream-pass.ts';
import type { StreamedLayer } from './streamed-layer.ts';

/** Options of {@link readArchiveStream}. */
export interface ArchiveStreamOptions extends ArchiveOptions, ResolveOptions {
  /** Which image, as for a file of the same form; absent where the archive holds only one. */
  readonly reference?: string | undefined;
  /** The form it must have. Default: the one it has; `manifest.json` goes before `index.json`. */
  readonly format?: ArchiveFormat | undefined;
  /** How messages call the stream, and images that have only a tag. Default `stream`. */
  readonly name?: string | undefined;
}

/** An image archive that passes by once. */
export interface ArchiveStream {
  /**
   * What may be the layers of the image, in the order in which they come; each distinct one may come more than once, and
   * others beside them. Leaving the loop early leaves the stream.
   *
   * Iterating throws RegistryError `ARCHIVE_INVALID`, `DIGEST_INVALID`, what the source throws, the signal's reason.
   */
  layers(): AsyncIterable<StreamedLayer>;
  /**
   * The image, when `layers()` has ended; what has not passed by then is passed over. Each of its layers was among the
   * streamed ones, verified, and is known by its `digest`. They cannot be opened any more: that throws `CLOSED`.
   *
   * @throws RegistryError those of resolving an image of an archive file; `LAYER_UNAVAILABLE` for a layer that was not
   * handed out because it is no tar; `CLOSED` where the stream was left before its end
   */
  image(): Promise<Image>;
}

function checkPresence(members: MemberIndex, { manifest, synthesized }: Image): void {
  // Those of a manifest that was made up were looked for when it was.
  if (synthesized) return;
  for (const [index, layer] of manifest.layers.entries()) {
    const where = `${members.path}: layer ${index}`;
    const { algorithm, hex } = parseDigest(layer.digest);
    const member = members.find(`blobs/${algorithm}/${hex}`);
    const passed = member && members.passed(member);
    if (passed?.isLayer === false) throw notHandedOut(where);
    // A link may give other content the name of a blob.
    if (passed !== undefined && passed.digest !== layer.digest) throw wrongDigest(where, passed.digest, layer.digest);
    if (member !== undefined || embeddedContent(layer) !== undefined) continue;
    if (!isForeignLayerType(layer.mediaType)) throw archiveInvalid(where, 'it is missing');
    throw new RegistryError('LAYER_UNAVAILABLE', `${where}: a foreign layer that is not stored here`);
  }
}

class OnePass implements ArchiveStream {
  readonly #options: ArchiveStreamOptions;
  readonly #members: MemberIndex;
  readonly #layers: AsyncGenerator<StreamedLayer, void, undefined>;
  #outcome: 'complete' | { readonly error: unknown } | undefined;

  constructor(source: AsyncIterable<Uint8Array>, options: ArchiveStreamOptions) {
    this.#options = options;
    const pass = new StreamPass(source, options.name ?? 'stream', options, options.signal);
    this.#members = pass.members;
    this.#layers = this.#watched(pass);
  }

  layers(): AsyncIterable<StreamedLayer> {
    return this.#layers;
  }

  async image(): Promise<Image> {
    for (let next = await this.#layers.next(); next.done !== true; ) next = await this.#layers.next();
    const { format, reference } = this.#options;
    if (typeof this.#outcome === 'object') throw this.#outcome.error;
    if (this.#outcome === undefined) {
      throw new RegistryError('CLOSED', `${this.#members.path}: it was left before its end`, {
        hint: 'let the loop over layers() run to its end before asking for the image',
      });
    }
    const image = await resolveArchiveImage(this.#members, format, reference, this.#options);
    checkPresence(this.#members, image);
    return image;
  }

  async *#watched(pass: StreamPass): AsyncGenerator<StreamedLayer, void, undefined> {
    try {
      yield* pass.layers();
      this.#outcome = 'complete';
    } catch (error) {
      this.#outcome = { error };
      throw error;
    }
  }
}

/**
 * Reads an image archive that can be read only once, such as standard input or the export of an engine: a
 * docker-archive or oci-archive, also compressed with gzip or zstd as a whole. One pass, whatever the order in which it
 * comes; nothing is unpacked, nothing but small documents kept (16 MiB each, 32 MiB in all).
 *
 * Which layers the image has may only be known at the end, when `manifest.json` or `index.json` have come. So all that may
 * be a layer is handed out; results are to be kept by `digest()`, those that the image does not name to be dropped, and
 * so is the failure to read one of those.
 */
export function readArchiveStream(
  source: AsyncIterable<Uint8Array>,
  options: ArchiveStreamOptions = {},
): ArchiveStream {
  return new OnePass(source, options);
}
