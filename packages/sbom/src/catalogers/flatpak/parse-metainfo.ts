import { SaxesParser } from 'saxes';
import { SbomError } from '../../sbom-error.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** What a component's AppStream metainfo says (freedesktop.org, AppStream 1.0), untranslated. */
export interface Metainfo {
  /** Of the first release that is no development release: the newest comes first. */
  readonly version?: string;
  readonly summary?: string;
  /** `project_license`, an SPDX expression. */
  readonly license?: string;
  readonly developer?: string;
  readonly homepage?: string;
}

/** Where the texts stand, from the component down. */
const texts: ReadonlyMap<string, keyof Metainfo> = new Map<string, keyof Metainfo>([
  ['summary', 'summary'],
  ['project_license', 'license'],
  ['developer_name', 'developer'],
  ['developer/name', 'developer'],
]);
/** Elements inside each other. */
const maxDepth = 64;
/** Characters of one text. */
const maxText = 4_000;

/**
 * Reads an AppStream metainfo file.
 *
 * @throws SbomError `MALFORMED` when it is not XML
 */
export function parseMetainfo(text: string): Metainfo {
  const found: { -readonly [K in keyof Metainfo]?: string } = {};
  const path: string[] = [];
  let wanted: keyof Metainfo | undefined;
  let content = '';
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    path.push(name);
    if (path.length > maxDepth)
      throw new SbomError('MALFORMED', `metainfo: more than ${maxDepth} elements inside each other`);
    const place = path.slice(1).join('/');
    if (place === 'releases/release' && attributes.type !== 'development' && attributes.version) {
      found.version ??= attributes.version;
    }
    const translated = attributes['xml:lang'] !== undefined;
    wanted = translated ? undefined : place === 'url' && attributes.type === 'homepage' ? 'homepage' : texts.get(place);
    content = '';
  });
  parser.on('text', (part) => {
    if (wanted !== undefined && content.length < maxText) content += part;
  });
  parser.on('closetag', () => {
    const value = content.replace(/\s+/g, ' ').trim().slice(0, maxText);
    if (wanted !== undefined && value !== '') found[wanted] ??= value;
    wanted = undefined;
    path.pop();
  });
  parser.on('error', (error) => {
    throw error;
  });
  try {
    parser.write(text).close();
  } catch (cause) {
    if (cause instanceof SbomError) throw cause;
    throw new SbomError('MALFORMED', 'metainfo: not readable as XML', { cause });
  }
  return withoutUndefined(found);
}
