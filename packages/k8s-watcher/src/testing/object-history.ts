import { type NewObject, type ServedResource, type StoredObject, servedResources } from './stored-object.ts';

/** One change of one object. */
export interface ObjectChange {
  readonly version: number;
  readonly resource: ServedResource;
  /** Absent where the object is new. */
  readonly before?: StoredObject;
  /** Absent where it is deleted. */
  readonly after?: StoredObject;
  /** The last state with the resource version of this change. */
  readonly last: StoredObject;
}

/** All objects, one counter of versions for all of them as in etcd, and the changes since the last compaction. */
export class ObjectHistory {
  readonly #objects = new Map<string, StoredObject>();
  readonly #listeners = new Set<(change: ObjectChange) => void>();
  #changes: ObjectChange[] = [];
  #version = 100;
  #compacted = 100;
  #uids = 0;

  get version(): number {
    return this.#version;
  }

  /** Versions below it can no longer be watched or listed. */
  get compacted(): number {
    return this.#compacted;
  }

  put(resource: ServedResource, object: NewObject): StoredObject {
    const { kind, namespaced } = servedResources[resource];
    const { namespace, ...metadata } = object.metadata;
    if ((namespace !== undefined) !== namespaced) {
      throw new TypeError(`an object of ${resource} must ${namespaced ? '' : 'not '}have a namespace`);
    }
    const key = keyOf(resource, object.metadata);
    const before = this.#objects.get(key);
    this.#version += 1;
    const after: StoredObject = structuredClone({
      ...object,
      apiVersion: 'v1',
      kind,
      metadata: {
        ...metadata,
        ...(namespace !== undefined && { namespace }),
        uid: metadata.uid ?? before?.metadata.uid ?? `00000000-0000-4000-8000-${`${++this.#uids}`.padStart(12, '0')}`,
        resourceVersion: `${this.#version}`,
        managedFields: [{ manager: 'kubelet', operation: 'Update', fieldsV1: { 'f:status': { 'f:phase': {} } } }],
      },
    });
    this.#objects.set(key, after);
    this.#record({ version: this.#version, resource, ...(before && { before }), after, last: after });
    return after;
  }

  delete(resource: ServedResource, name: ObjectName): boolean {
    const key = keyOf(resource, name);
    const before = this.#objects.get(key);
    if (before === undefined) return false;
    this.#objects.delete(key);
    this.#version += 1;
    const last = { ...before, metadata: { ...before.metadata, resourceVersion: `${this.#version}` } };
    this.#record({ version: this.#version, resource, before, last });
    return true;
  }

  get(resource: ServedResource, name: ObjectName): StoredObject | undefined {
    return this.#objects.get(keyOf(resource, name));
  }

  /** Sorted as etcd has them. */
  list(resource: ServedResource): StoredObject[] {
    return [...this.#objects]
      .filter(([key]) => key.startsWith(`${resource}/`))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, object]) => object);
  }

  /** Forgets every change so far. */
  compact(): void {
    this.#changes = [];
    // One more version, so that even the newest one handed out is too old.
    this.#version += 1;
    this.#compacted = this.#version;
  }

  /** Changes after a version; `undefined` where they are forgotten. */
  since(version: number): readonly ObjectChange[] | undefined {
    return version < this.#compacted ? undefined : this.#changes.filter((change) => change.version > version);
  }

  /** Calls for each change from now on, until the function it returns is called. */
  subscribe(listener: (change: ObjectChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #record(change: ObjectChange): void {
    this.#changes.push(change);
    for (const listener of this.#listeners) listener(change);
  }
}

/** What names an object within its resource. */
export interface ObjectName {
  readonly name: string;
  readonly namespace?: string;
}

function keyOf(resource: ServedResource, { namespace = '', name }: ObjectName): string {
  return `${resource}/${namespace}/${name}`;
}
