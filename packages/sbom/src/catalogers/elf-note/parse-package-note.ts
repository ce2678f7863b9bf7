import { isPlainToken } from '../text/plain-token.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** What a distribution's build writes into each program (UAPI group, "Package Metadata for Executable Files"). */
export interface ElfPackageNote {
  /** `deb`, `rpm`, `apk`, `alpm`, or another package system's name. */
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  /** Id of the distribution: `fedora`. */
  readonly os?: string;
  readonly osVersion?: string;
  readonly osCpe?: string;
  readonly appCpe?: string;
  readonly debugInfoUrl?: string;
}

/** The outcome of reading a note. */
export type ParsedPackageNote =
  | { readonly kind: 'note'; readonly note: ElfPackageNote }
  | { readonly kind: 'malformed'; readonly reason: string };

const optional = ['architecture', 'os', 'osVersion', 'osCpe', 'appCpe', 'debugInfoUrl'] as const;

/** Reads the JSON of a package note, which zero bytes may follow. Never throws. */
export function parsePackageNote(text: string): ParsedPackageNote {
  let document: unknown;
  try {
    document = JSON.parse(text.replace(/\0+$/, ''));
  } catch (error) {
    return { kind: 'malformed', reason: `not JSON (${error instanceof Error ? error.name : 'unreadable'})` };
  }
  if (typeof document !== 'object' || document === null) return { kind: 'malformed', reason: 'not a JSON object' };
  const fields = document as Readonly<Record<string, unknown>>;
  const token = (value: unknown): string | undefined =>
    typeof value === 'string' && isPlainToken(value) ? value.toWellFormed() : undefined;
  const [type, name, version] = [token(fields.type), token(fields.name), token(fields.version)];
  if (type === undefined || name === undefined || version === undefined) {
    return { kind: 'malformed', reason: 'no usable type, name or version' };
  }
  const stated = Object.fromEntries(optional.map((key) => [key, token(fields[key])]));
  return { kind: 'note', note: { type, name, version, ...withoutUndefined(stated) } };
}
