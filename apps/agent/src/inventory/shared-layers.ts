import type { LayerRecord } from './layer-record.ts';

/** Where the records of layers and the configs of images are kept; everything under a digest that was verified. */
export interface LayerMemory {
  get(digest: string): LayerRecord | undefined;
  put(digest: string, record: LayerRecord): void;
  getConfig(digest: string): object | undefined;
  putConfig(digest: string, config: object): void;
}

/** A layer's record and whether it cost a read of the layer. */
export interface ObtainedRecord {
  readonly record: LayerRecord;
  readonly wasRead: boolean;
}

/** The layers of all images that are read in one process. */
export interface SharedLayers {
  readonly memory: LayerMemory;
  /**
   * The record of a layer: kept from before, or being read for another image at this moment, or now by `read`, whose
   * result is kept. What another image's read fails with is not ours: then `read` tries. A read ends early only when
   * nobody waits for it any more.
   *
   * @throws what `read` throws; the signal's reason
   */
  obtain(
    digest: string,
    read: (signal: AbortSignal) => Promise<LayerRecord>,
    signal: AbortSignal,
  ): Promise<ObtainedRecord>;
}

interface RunningRead {
  readonly result: Promise<LayerRecord>;
  readonly stop: AbortController;
  waiting: number;
}

/** Makes each layer be read once, however many images that are read at the same time have it. */
export function createSharedLayers(memory: LayerMemory): SharedLayers {
  const running = new Map<string, RunningRead>();

  const start = (digest: string, read: (signal: AbortSignal) => Promise<LayerRecord>): RunningRead => {
    const stop = new AbortController();
    const result = read(stop.signal)
      .then((record) => {
        memory.put(digest, record);
        return record;
      })
      .finally(() => running.delete(digest));
    const started: RunningRead = { result, stop, waiting: 0 };
    running.set(digest, started);
    return started;
  };

  return {
    memory,
    async obtain(digest, read, signal) {
      for (;;) {
        signal.throwIfAborted();
        const kept = memory.get(digest);
        if (kept !== undefined) return { record: kept, wasRead: false };
        const others = running.get(digest);
        if (others === undefined) return { record: await wait(start(digest, read), signal), wasRead: true };
        const outcome = await wait(others, signal).catch(() => undefined);
        if (outcome !== undefined) return { record: outcome, wasRead: false };
      }
    },
  };
}

/** Waits for a read as long as `signal` lets; the last one to leave stops it, and sees it end. */
async function wait(read: RunningRead, signal: AbortSignal): Promise<LayerRecord> {
  read.waiting += 1;
  const left = Promise.withResolvers<never>();
  const leave = (): void => {
    read.waiting -= 1;
    const reject = (): void => left.reject(signal.reason);
    if (read.waiting > 0) {
      reject();
      return;
    }
    read.stop.abort(signal.reason);
    read.result.then(reject, reject);
  };
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([read.result, left.promise]);
  } catch (error) {
    // A read that was stopped may end with an error of its own.
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/** A memory for one scan. */
export function createLayerMemory(): LayerMemory {
  const records = new Map<string, LayerRecord>();
  const configs = new Map<string, object>();
  return {
    get: (digest) => records.get(digest),
    put: (digest, record) => void records.set(digest, record),
    getConfig: (digest) => configs.get(digest),
    putConfig: (digest, config) => void configs.set(digest, config),
  };
}
