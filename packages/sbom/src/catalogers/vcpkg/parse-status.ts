import { isPlainToken } from '../text/plain-token.ts';
import { splitLines } from '../text/read-lines.ts';
import { createStanzaParser, type FieldForm, fieldValue, type Stanza } from '../text/stanza-parser.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** What vcpkg noted of one package, last. */
export interface VcpkgStatus {
  readonly name: string;
  /** `x64-linux`. */
  readonly triplet: string;
  readonly version: string;
  readonly portVersion?: string;
  readonly description?: string;
  readonly installed: boolean;
}

const fields: ReadonlyMap<string, FieldForm> = new Map(
  (['package', 'version', 'port-version', 'architecture', 'status', 'feature', 'description'] as const).map((name) => [
    name,
    'line',
  ]),
);

/** Entries of one file that are taken. */
const maxEntries = 100_000;

/**
 * Reads vcpkg's `status`, or a file of its `updates`: stanzas like those of dpkg, of which a later one replaces an earlier.
 * Stanzas of features are passed over. Never throws.
 */
export function parseVcpkgStatus(text: string): VcpkgStatus[] {
  const entries = new Map<string, VcpkgStatus>();
  const parser = createStanzaParser(fields);
  const take = (stanza: Stanza | undefined): boolean => {
    const entry = stanza === undefined ? undefined : entryOf(stanza);
    if (entry !== undefined) entries.set(`${entry.name}:${entry.triplet}`, entry);
    return entries.size < maxEntries;
  };
  splitLines(text, (line) => take(parser.line(line)));
  take(parser.end());
  return Array.from(entries.values());
}

function entryOf(stanza: Stanza): VcpkgStatus | undefined {
  const [name, triplet, version] = ['package', 'architecture', 'version'].map((field) => fieldValue(stanza, field));
  if (name === undefined || triplet === undefined || fieldValue(stanza, 'feature') !== undefined) return undefined;
  const isPlain = [name, triplet, version ?? '0'].every(isPlainToken);
  if (!isPlain) return undefined;
  const [portVersion, description] = [fieldValue(stanza, 'port-version'), fieldValue(stanza, 'description')];
  const installed = /(?:^|\s)installed$/.test(fieldValue(stanza, 'status') ?? '') && version !== undefined;
  return {
    ...{ name, triplet, version: version ?? '', installed },
    ...withoutUndefined({ portVersion: portVersion === '0' ? undefined : portVersion, description }),
  };
}
