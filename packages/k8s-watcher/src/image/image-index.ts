import type { ExclusionRule } from './exclusions.ts';
import type { ImageGone, ImageSeen, PodImage } from './image-event.ts';

/** What is kept of a pod. */
export interface PodRecord {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  /** Its own annotation excludes it. */
  readonly isDisabled: boolean;
  readonly images: readonly PodImage[];
}

interface KnownPod {
  record: PodRecord;
  /** Digest last told as seen, by container. */
  readonly told: Map<string, string>;
}

/** Which images the consumer knows to run; each change of a pod or namespace gives what the consumer must learn. */
export class ImageIndex {
  readonly #exclude: ExclusionRule;
  readonly #pods = new Map<string, KnownPod>();
  readonly #disabledNamespaces = new Set<string>();

  constructor(exclude: ExclusionRule) {
    this.#exclude = exclude;
  }

  get pods(): number {
    return this.#pods.size;
  }

  /** A pod is new or changed. */
  putPod(record: PodRecord): (ImageSeen | ImageGone)[] {
    const pod = this.#pods.get(record.uid) ?? { record, told: new Map() };
    pod.record = { ...record, images: record.images.map((image) => keepDigest(image, pod.record)) };
    this.#pods.set(record.uid, pod);
    return this.#tell(pod);
  }

  /** A pod is gone. */
  removePod({ uid }: PodRecord): (ImageSeen | ImageGone)[] {
    const pod = this.#pods.get(uid);
    this.#pods.delete(uid);
    return pod === undefined ? [] : gone(pod.record, new Set(pod.told.values()));
  }

  /** A namespace is annotated, or no longer. */
  setNamespace(name: string, isDisabled: boolean): (ImageSeen | ImageGone)[] {
    if (this.#disabledNamespaces.has(name) === isDisabled) return [];
    if (isDisabled) this.#disabledNamespaces.add(name);
    else this.#disabledNamespaces.delete(name);
    return [...this.#pods.values()].filter((pod) => pod.record.namespace === name).flatMap((pod) => this.#tell(pod));
  }

  #tell(pod: KnownPod): (ImageSeen | ImageGone)[] {
    const { record, told } = pod;
    const before = new Set(told.values());
    const isExcluded =
      record.isDisabled || this.#disabledNamespaces.has(record.namespace) || this.#exclude.namespace(record.namespace);
    const current = isExcluded ? [] : record.images.filter(isRunning).filter((image) => !this.#exclude.image(image));
    const fresh = current.filter((image) => told.get(containerKey(image)) !== image.digest);
    told.clear();
    for (const image of current) told.set(containerKey(image), image.digest);
    const now = new Set(told.values());
    const left = [...before].filter((digest) => !now.has(digest));
    return [...fresh.map((image): ImageSeen => ({ type: 'seen', ...image })), ...gone(record, left)];
  }
}

type RunningPodImage = Omit<ImageSeen, 'type'>;

function isRunning(image: PodImage): image is RunningPodImage {
  return image.digest !== undefined && image.digestOf !== undefined;
}

/** A status that loses its image id for a while, as between restarts, does not mean another image. */
function keepDigest(image: PodImage, before: PodRecord): PodImage {
  if (image.digest !== undefined) return image;
  const known = before.images.find((other) => containerKey(other) === containerKey(image));
  if (known?.digest === undefined || known.reference !== image.reference) return image;
  const { digest, digestOf, pullReference } = known;
  return { ...image, digest, ...(digestOf && { digestOf }), ...(pullReference && { pullReference }) };
}

function containerKey({ kind, context }: PodImage): string {
  return `${kind}/${context.containerName}`;
}

function gone({ uid, name, namespace }: PodRecord, digests: Iterable<string>): ImageGone[] {
  return [...digests].map((digest) => ({ type: 'gone', digest, namespace, podName: name, podUid: uid }));
}
