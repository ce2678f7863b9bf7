import type { Transform } from 'node:stream';

/** A decoder of `node:zlib`. */
export type Decoder = Transform & { readonly bytesWritten: number };

/** Where a decoder's input comes from, and where input goes that it did not use. */
export interface DecoderInput {
  pull(): Promise<Uint8Array | undefined>;
  unshift(bytes: Uint8Array): void;
}

/**
 * The output of one decoder over its input, until the input ends or the decoder says that its stream does. The input
 * is pumped beside the output, so that inflating goes on in zlib's thread while the reader works on the last chunk;
 * a slow reader stops the pump. Leaving early frees the decoder.
 *
 * @throws the input's error unchanged, `mapError` of a decoder's error otherwise.
 */
export async function* runDecoder(
  input: DecoderInput,
  decoder: Decoder,
  mapError: (cause: NodeJS.ErrnoException) => Error,
): AsyncGenerator<Uint8Array> {
  const pump = new Pump(input, decoder);
  const pumping = pump.run();
  let failure: NodeJS.ErrnoException | undefined;
  try {
    for await (const chunk of decoder) yield chunk as Uint8Array;
  } catch (error) {
    failure = error as NodeJS.ErrnoException;
  } finally {
    pump.stop();
    await pumping;
  }
  // A failed input destroys the decoder, whose own error then says nothing.
  if (pump.failure !== undefined) throw pump.failure.reason;
  if (failure !== undefined) throw mapError(failure);
}

class Pump {
  failure: { readonly reason: unknown } | undefined;
  readonly #input: DecoderInput;
  readonly #decoder: Decoder;
  #over = false;
  #written: (() => void) | undefined;

  constructor(input: DecoderInput, decoder: Decoder) {
    this.#input = input;
    this.#decoder = decoder;
    // The callback of a write under way is not called when the decoder fails.
    decoder.once('close', () => this.#written?.());
  }

  async run(): Promise<void> {
    try {
      while (!this.#over) {
        const chunk = await this.#input.pull();
        if (chunk === undefined) {
          this.#decoder.end();
          return;
        }
        await this.#write(chunk);
      }
    } catch (reason) {
      this.failure = { reason };
      this.#decoder.destroy();
    }
  }

  stop(): void {
    this.#over = true;
    this.#decoder.destroy();
  }

  async #write(chunk: Uint8Array): Promise<void> {
    const decoder = this.#decoder;
    if (this.#over || decoder.destroyed) {
      this.#over = true;
      this.#input.unshift(chunk);
      return;
    }
    const before = decoder.bytesWritten;
    await new Promise<void>((resolve) => {
      this.#written = resolve;
      decoder.write(chunk, () => resolve());
    });
    const used = decoder.bytesWritten - before;
    if (used < chunk.byteLength) {
      // The compressed stream ended inside this chunk, or failed in it.
      this.#over = true;
      this.#input.unshift(chunk.subarray(used));
    }
  }
}
