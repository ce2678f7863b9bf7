import { isPlainToken } from '../text/plain-token.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** One entry of Bottlerocket's inventory, an rpm that the image was built from. */
export interface BottlerocketPackage {
  readonly name: string;
  /** `epoch:version-release`, without the epoch where it is 0. */
  readonly version: string;
  readonly architecture?: string;
  readonly publisher?: string;
  readonly summary?: string;
  readonly url?: string;
  readonly applicationType?: string;
  /** As written, RFC 3339. */
  readonly installedAt?: string;
}

/** What an inventory says. */
export interface BottlerocketInventory {
  readonly packages: readonly BottlerocketPackage[];
  /** Entries without a usable name and version. */
  readonly unreadable: number;
}

/**
 * Reads an `application-inventory.json`, whose fields are those of an AWS inventory (`AWS:Application`). Never throws.
 *
 * @returns undefined where it is no such document
 */
export function parseApplicationInventory(text: string): BottlerocketInventory | undefined {
  const content = contentOf(text);
  if (content === undefined) return undefined;
  const packages = content.flatMap((entry) => bottlerocketPackage(entry) ?? []);
  return { packages, unreadable: content.length - packages.length };
}

function contentOf(text: string): readonly unknown[] | undefined {
  try {
    const content = (JSON.parse(text) as { Content?: unknown } | null)?.Content;
    return Array.isArray(content) ? content : undefined;
  } catch {
    // What is no JSON is no inventory.
    return undefined;
  }
}

function bottlerocketPackage(entry: unknown): BottlerocketPackage | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const fields = entry as Readonly<Record<string, unknown>>;
  const value = (name: string) => {
    const field = fields[name];
    return typeof field === 'string' && field !== '' ? field : undefined;
  };
  const name = value('Name') ?? '';
  const version = value('Version') ?? '';
  if (!isPlainToken(name) || !isPlainToken(version)) return undefined;
  const release = value('Release');
  const epoch = /^[1-9]\d*$/.exec(String(fields.Epoch ?? ''))?.[0];
  const stated = {
    architecture: value('Architecture'),
    publisher: value('Publisher'),
    summary: value('Summary'),
    url: value('Url'),
    applicationType: value('ApplicationType'),
    installedAt: value('InstalledTime'),
  };
  const full = `${epoch === undefined ? '' : `${epoch}:`}${version}${release === undefined ? '' : `-${release}`}`;
  return { name, version: full, ...withoutUndefined(stated) };
}
