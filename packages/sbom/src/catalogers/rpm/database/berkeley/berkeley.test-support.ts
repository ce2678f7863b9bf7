/** How a Berkeley database is written. */
export interface BerkeleyForm {
  readonly kind: 'hash' | 'btree';
  readonly littleEndian?: boolean;
  readonly pageBytes?: number;
}

interface Page {
  readonly type: number;
  readonly level: number;
  next: number;
  readonly items: Buffer[];
  /** Content of an overflow page. */
  readonly data?: Buffer;
}

/** What a key's number leads to: of four buckets the third stays empty. */
const buckets = [0, 1, 3] as const;

/**
 * A Berkeley `Packages` of these headers: the counter of rpm under key 0, then every header that does not fit its page
 * on overflow pages. A hash has four buckets, so that buckets, chains and empty ones occur.
 */
export function writeBerkeley(headers: readonly Uint8Array[], form: BerkeleyForm): Buffer {
  const writer = new BerkeleyWriter(form);
  const counter = writer.uint32(headers.length);
  for (const [key, value] of [counter, ...headers].entries()) writer.add(key, value);
  return writer.end();
}

class BerkeleyWriter {
  readonly #kind: BerkeleyForm['kind'];
  readonly #littleEndian: boolean;
  readonly #pageBytes: number;
  /** The first one has number 1. */
  readonly #pages: Page[] = [];

  constructor({ kind, littleEndian = true, pageBytes = 512 }: BerkeleyForm) {
    this.#kind = kind;
    this.#littleEndian = littleEndian;
    this.#pageBytes = pageBytes;
    // First pages of the buckets lie next to each other; a b-tree has one leaf to begin with.
    for (let bucket = 0; bucket < (kind === 'hash' ? 4 : 1); bucket += 1) this.#addLeaf();
  }

  uint32(...values: readonly number[]): Buffer {
    const bytes = Buffer.alloc(values.length * 4);
    for (const [index, value] of values.entries()) {
      if (this.#littleEndian) bytes.writeUInt32LE(value, index * 4);
      else bytes.writeUInt32BE(value, index * 4);
    }
    return bytes;
  }

  add(key: number, value: Uint8Array): void {
    const pair = [this.#item(this.uint32(key)), this.#item(value)];
    let page = this.#page(this.#kind === 'hash' ? 1 + (buckets[key % 3] ?? 0) : 1);
    while (page.next !== 0) page = this.#page(page.next);
    const used = [...page.items, ...pair].reduce((sum, { length }) => sum + length + 6, 30);
    if (used >= this.#pageBytes) {
      page.next = this.#addLeaf();
      page = this.#page(page.next);
    }
    page.items.push(...pair);
  }

  end(): Buffer {
    const isHash = this.#kind === 'hash';
    const meta = Buffer.alloc(this.#pageBytes);
    const put = (offset: number, ...values: number[]) => void this.uint32(...values).copy(meta, offset);
    put(12, isHash ? 0x00061561 : 0x00053162, 9, this.#pageBytes);
    meta[25] = isHash ? 8 : 9;
    if (isHash) {
      put(72, 3, 3, 1);
      put(96, 1, 1, 1);
    } else put(88, this.#addRoot());
    put(32, this.#pages.length);
    return Buffer.concat([meta, ...this.#pages.map((page, index) => this.#pageContent(page, index + 1))]);
  }

  #page(number: number): Page {
    const page = this.#pages[number - 1];
    if (page === undefined) throw new RangeError(`page ${number}`);
    return page;
  }

  #addLeaf(): number {
    const isHash = this.#kind === 'hash';
    return this.#pages.push({ type: isHash ? 13 : 5, level: isHash ? 0 : 1, next: 0, items: [] });
  }

  #addRoot(): number {
    const child = Buffer.concat([this.#uint16(0), Buffer.from([1, 0]), this.uint32(1, this.#pages.length)]);
    return this.#pages.push({ type: 3, level: 2, next: 0, items: [child] });
  }

  /** An item on its page, or the place of the pages it has to itself. */
  #item(bytes: Uint8Array): Buffer {
    const isHash = this.#kind === 'hash';
    if (bytes.length >= this.#pageBytes / 4) {
      const place = this.uint32(this.#addOverflow(bytes), bytes.length);
      return Buffer.concat([Buffer.from(isHash ? [3, 0, 0, 0] : [0, 0, 3, 0]), place]);
    }
    const head = isHash ? Buffer.from([1]) : Buffer.concat([this.#uint16(bytes.length), Buffer.from([1])]);
    return Buffer.concat([head, bytes]);
  }

  #addOverflow(bytes: Uint8Array): number {
    const room = this.#pageBytes - 26;
    let next = 0;
    for (let start = Math.floor((bytes.length - 1) / room) * room; start >= 0; start -= room) {
      const data = Buffer.from(bytes.subarray(start, start + room));
      next = this.#pages.push({ type: 7, level: 0, next, items: [], data });
    }
    return next;
  }

  #pageContent({ type, level, next, items, data }: Page, number: number): Buffer {
    const bytes = Buffer.alloc(this.#pageBytes);
    this.uint32(number, 0, next).copy(bytes, 8);
    this.#uint16(items.length || (data ? 1 : 0)).copy(bytes, 20);
    bytes.set([level, type], 24);
    data?.copy(bytes, 26);
    let end = this.#pageBytes;
    for (const [index, content] of items.entries()) {
      end -= content.length;
      // Items of a b-tree begin at multiples of four.
      if (this.#kind === 'btree') end -= end % 4;
      content.copy(bytes, end);
      this.#uint16(end).copy(bytes, 26 + index * 2);
    }
    this.#uint16(data?.length ?? end).copy(bytes, 22);
    return bytes;
  }

  #uint16(value: number): Buffer {
    return this.#littleEndian ? this.uint32(value).subarray(0, 2) : this.uint32(value).subarray(2);
  }
}
