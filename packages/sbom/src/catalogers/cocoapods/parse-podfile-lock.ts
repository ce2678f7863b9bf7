import { entriesOf, field, isFields, itemsOf, token } from '../text/json-fields.ts';
import { parsePlainYaml } from '../text/parse-plain-yaml.ts';
import { withoutCredentials } from '../text/without-credentials.ts';

/** A pod that a `Podfile.lock` locks. */
export interface LockedPod {
  readonly name: string;
  readonly version: string;
  /** Parts of it that are used, `name/part`. */
  readonly subspecs: readonly string[];
  /** Names of other pods that it, or a part of it, needs. */
  readonly requires: readonly string[];
  /** SHA-1 of its specification (not of its code). */
  readonly specChecksum?: string;
  /** Where it comes from, if not from a list of pods: repository without credentials, or path. */
  readonly source?: string;
  /** The commit of that repository. */
  readonly commit?: string;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads a `Podfile.lock` of CocoaPods.
 *
 * @returns undefined where the text is none. Never rejects.
 */
export async function parsePodfileLock(text: string): Promise<LockedPod[] | undefined> {
  const document = await parsePlainYaml(text);
  if (!isFields(document) || (field(document, 'PODS') === undefined && field(document, 'COCOAPODS') === undefined)) {
    return undefined;
  }
  const pods = new Map<string, Mutable<LockedPod> & { subspecs: string[]; requires: string[] }>();
  for (const item of itemsOf(field(document, 'PODS'))) {
    const [[stated, needs] = [item, []]] = entriesOf(item);
    const [, name, part, version] = /^([^\s/(]+)(?:\/(\S+))? \(([^)\s]+)\)$/.exec(String(stated)) ?? [];
    if (token(name) === undefined || name === undefined || token(version) === undefined || version === undefined)
      continue;
    const pod = pods.get(name) ?? { name, version, subspecs: [], requires: [] };
    pods.set(name, pod);
    if (part !== undefined) pod.subspecs.push(part.toWellFormed());
    pod.requires.push(...itemsOf(needs).flatMap((need) => podNamed(need) ?? []));
  }
  for (const pod of pods.values()) Object.assign(pod, origin(document, pod.name));
  return [...pods.values()];
}

/** `Name/Part (~> 1.0)`: the pod is what counts. */
function podNamed(requirement: unknown): string | undefined {
  return typeof requirement === 'string' ? token(/^[^\s/(]+/.exec(requirement)?.[0]) : undefined;
}

function origin(document: unknown, name: string): Partial<LockedPod> {
  const specChecksum = token(field(field(document, 'SPEC CHECKSUMS'), name));
  const external = field(field(document, 'EXTERNAL SOURCES'), name);
  const source =
    token(field(external, ':git')) ?? token(field(external, ':path')) ?? token(field(external, ':podspec'));
  const commit = token(field(field(field(document, 'CHECKOUT OPTIONS'), name), ':commit'));
  return {
    ...(specChecksum !== undefined && /^[0-9a-f]{40}$/.test(specChecksum) && { specChecksum }),
    ...(source !== undefined && { source: withoutCredentials(source) }),
    ...(commit !== undefined && { commit }),
  };
}
