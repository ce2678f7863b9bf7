import { entriesOf, field, isFields, parseJson, token } from '../text/json-fields.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** A component that Bitnami's build put into the image. */
export interface BitnamiComponent {
  readonly name: string;
  /** With the revision of the build: `7.0.11-0`. */
  readonly version: string;
  /** `amd64`, `arm64`. */
  readonly architecture?: string;
  /** What it was built on: `debian-12`. */
  readonly distro?: string;
}

/** Reads a `.bitnami_components.json`. @returns undefined where the text is none. Never throws. */
export function parseBitnamiComponents(text: string): BitnamiComponent[] | undefined {
  const document = parseJson(text);
  if (!isFields(document)) return undefined;
  return entriesOf(document).flatMap(([key, entry]) => {
    const [name, version] = [token(key), token(field(entry, 'version'))];
    if (name === undefined || version === undefined) return [];
    const stated = { architecture: token(field(entry, 'arch')), distro: token(field(entry, 'distro')) };
    return [{ name, version, ...withoutUndefined(stated) }];
  });
}
