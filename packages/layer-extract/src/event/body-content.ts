import { ExtractError } from '../extract-error.ts';
import type { TarBody } from '../tar/tar-entry.ts';
import type { EntryContent } from './file-event.ts';

const noBytes = new Uint8Array(0);

/** Content that is read from the archive while its entry passes. */
export class BodyContent implements EntryContent {
  readonly #path: string;
  readonly #body: TarBody;
  /** Read by {@link peek} and not yet iterated; of most files nothing is. */
  #head: Uint8Array[] | undefined;
  #taken = false;

  constructor(path: string, body: TarBody) {
    this.#path = path;
    this.#body = body;
  }

  available(length: number): Uint8Array | undefined {
    this.#check(this.#taken);
    const first = this.#head?.[0];
    if (first === undefined) return this.#body.peek?.(length);
    return first.byteLength >= length ? first.subarray(0, length) : undefined;
  }

  async peek(length: number): Promise<Uint8Array> {
    const atHand = this.available(length);
    if (atHand !== undefined) return atHand;
    // One list for all that peek at the same time.
    this.#head ??= [];
    const head = this.#head;
    let held = head.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    while (held < length) {
      const chunk = await this.#read();
      if (chunk === undefined) break;
      head.push(chunk);
      held += chunk.byteLength;
    }
    const [first = noBytes] = head;
    // Chunks are kept as they are: of two that the head lies in, only the head is copied.
    if (first.byteLength >= length || head.length <= 1) return first.subarray(0, length);
    return Buffer.concat(head, Math.min(length, held));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    this.#check(this.#taken);
    this.#taken = true;
    const head = this.#head ?? [];
    this.#head = undefined;
    yield* head;
    for (let chunk = await this.#read(); chunk !== undefined; chunk = await this.#read()) yield chunk;
  }

  async #read(): Promise<Uint8Array | undefined> {
    this.#check(false);
    const chunk = await this.#body.read();
    this.#check(false);
    return chunk;
  }

  #check(taken: boolean): void {
    if (!taken && !this.#body.gone) return;
    const what = taken ? 'it is read once' : 'the walk has moved on';
    throw new ExtractError('CONTENT_GONE', `content, ${JSON.stringify(this.#path)}: ${what}`, {
      hint: 'read a file before asking for the next event, and share one pass among several readers',
    });
  }
}
