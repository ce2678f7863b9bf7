import { field, isFields, itemsOf, parseJson, textOf, token } from '../text/json-fields.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** A version that a `vcpkg.json` pins. */
export interface PinnedVcpkg {
  readonly name: string;
  readonly version: string;
  readonly portVersion?: string;
}

/** Spellings that a version may have, each with its own order. */
const versionFields = ['version', 'version-semver', 'version-string', 'version-date'];

/**
 * Reads the `overrides` of a `vcpkg.json`, which pin versions. What it only depends on has the version of a registry at
 * some commit, which is not in the file.
 *
 * @returns undefined where the text is none. Never throws.
 */
export function parseVcpkgManifest(text: string): PinnedVcpkg[] | undefined {
  const document = parseJson(text);
  if (!isFields(document)) return undefined;
  return itemsOf(field(document, 'overrides')).flatMap((entry) => {
    const stated = versionFields.flatMap((name) => token(field(entry, name)) ?? [])[0];
    const name = token(field(entry, 'name'));
    if (name === undefined || stated === undefined) return [];
    const port = field(entry, 'port-version');
    return [{ name, ...splitPort(stated, typeof port === 'number' ? String(port) : undefined) }];
  });
}

/** What the document of a port says beside its name (`share/NAME/vcpkg.spdx.json`). */
export interface VcpkgPort {
  readonly version: string;
  readonly portVersion?: string;
  readonly license?: string;
  readonly homepage?: string;
}

/** Reads a `vcpkg.spdx.json`. @returns undefined where the text is none. Never throws. */
export function parseVcpkgSpdx(text: string): VcpkgPort | undefined {
  const packages = itemsOf(field(parseJson(text), 'packages'));
  const port = packages.find((entry) => field(entry, 'SPDXID') === 'SPDXRef-port');
  const version = token(field(port, 'versionInfo'));
  if (version === undefined) return undefined;
  const license = textOf(field(port, 'licenseConcluded'));
  const homepage = token(field(port, 'homepage'));
  const isStated = license !== 'NOASSERTION' && license !== 'NONE';
  return { ...splitPort(version), ...withoutUndefined({ license: isStated ? license : undefined, homepage }) };
}

/** `1.3.1#2` is version 1.3.1 of the software, in the second revision of its port. */
function splitPort(stated: string, port?: string): { version: string; portVersion?: string } {
  const [, version = stated, revision = port] = /^(.+)#(\d+)$/.exec(stated) ?? [];
  return { version, ...(revision !== undefined && revision !== '0' && { portVersion: revision }) };
}
