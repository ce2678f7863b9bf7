import { WatcherError } from '../watcher-error.ts';

/** An object of the Kubernetes API as it came, with the metadata that every object has. Anything else is unchecked. */
export interface KubeObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/**
 * Checks what the watcher itself relies on, and drops `managedFields`, which is often half of an object.
 *
 * @throws WatcherError `RESPONSE_INVALID`.
 */
export function readKubeObject(value: unknown, where: string): KubeObject {
  const { metadata } = (value ?? {}) as { metadata?: Record<string, unknown> };
  if (typeof metadata !== 'object' || metadata === null) {
    throw new WatcherError('RESPONSE_INVALID', `${where}: an object has no metadata`);
  }
  for (const field of ['name', 'uid', 'resourceVersion']) {
    if (typeof metadata[field] !== 'string' || metadata[field] === '') {
      throw new WatcherError('RESPONSE_INVALID', `${where}: an object has no metadata.${field}`);
    }
  }
  delete metadata.managedFields;
  return value as KubeObject;
}
