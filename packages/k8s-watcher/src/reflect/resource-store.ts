import type { KubeObject } from './kube-object.ts';
import type { ResourceEvent } from './resource-event.ts';

/** What is known of one object. */
export interface StoredResource<T> {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly object: T;
}

/** Objects by `namespace/name`. */
export type ResourceMap<T> = Map<string, StoredResource<T>>;

/** The objects as the consumer of the events knows them; each change gives the events that tell it. */
export class ResourceStore<T> {
  readonly #entries: ResourceMap<T> = new Map();
  readonly #transform: (object: KubeObject) => T | undefined;

  constructor(transform: (object: KubeObject) => T | undefined) {
    this.#transform = transform;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Adds an object to a map that `replace` takes later. */
  collect(map: ResourceMap<T>, raw: KubeObject): void {
    const entry = this.#entryOf(raw);
    if (entry !== undefined) map.set(keyOf(raw), entry);
  }

  /** An object was added or changed. One that `transform` drops is as good as deleted. */
  put(raw: KubeObject): ResourceEvent<T>[] {
    const key = keyOf(raw);
    const entry = this.#entryOf(raw);
    return entry === undefined ? this.#remove(key) : this.#set(key, entry);
  }

  /** An object was deleted. */
  remove(raw: KubeObject): ResourceEvent<T>[] {
    return this.#remove(keyOf(raw));
  }

  /** A complete list: what it lacks is gone. */
  *replace(next: ResourceMap<T>): Generator<ResourceEvent<T>, void, undefined> {
    for (const key of this.#entries.keys()) {
      if (!next.has(key)) yield* this.#remove(key);
    }
    for (const [key, entry] of next) yield* this.#set(key, entry);
  }

  #set(key: string, entry: StoredResource<T>): ResourceEvent<T>[] {
    const known = this.#entries.get(key);
    if (known?.uid === entry.uid && known.resourceVersion === entry.resourceVersion) return [];
    this.#entries.set(key, entry);
    const { object } = entry;
    if (known === undefined) return [{ type: 'added', object }];
    if (known.uid === entry.uid) return [{ type: 'modified', object }];
    // Deleted and made anew under the same name while nobody looked.
    return [
      { type: 'deleted', object: known.object },
      { type: 'added', object },
    ];
  }

  #remove(key: string): ResourceEvent<T>[] {
    const known = this.#entries.get(key);
    if (known === undefined) return [];
    this.#entries.delete(key);
    return [{ type: 'deleted', object: known.object }];
  }

  #entryOf(raw: KubeObject): StoredResource<T> | undefined {
    const object = this.#transform(raw);
    const { uid, resourceVersion } = raw.metadata;
    return object === undefined ? undefined : { uid, resourceVersion, object };
  }
}

function keyOf({ metadata: { namespace = '', name } }: KubeObject): string {
  return `${namespace}/${name}`;
}
