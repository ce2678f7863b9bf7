import { SbomError } from '../../sbom-error.ts';
import { isPlainToken } from '../text/plain-token.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** A snap as its `meta/snap.yaml` describes it. */
export interface SnapPackage {
  readonly name: string;
  readonly version: string;
  /** The first of `architectures`; several or none leave it open. */
  readonly architecture?: string;
  readonly summary?: string;
  readonly license?: string;
  readonly website?: string;
  /** The snap that it runs on. */
  readonly base?: string;
  /** `app`, `base`, `gadget`, `kernel`, `snapd`. */
  readonly type?: string;
  /** `stable` or `devel`. */
  readonly grade?: string;
  /** `strict`, `classic` or `devmode`. */
  readonly confinement?: string;
}

/**
 * Reads a snap's `meta/snap.yaml`. All scalars are texts: version `1.10` stays `1.10`.
 *
 * @returns undefined where it names no snap or no version
 * @throws SbomError `MALFORMED` when it is not YAML
 */
export async function parseSnapYaml(text: string): Promise<SnapPackage | undefined> {
  const fields = await mapping(text);
  const value = (name: string) => {
    const field = fields[name];
    return typeof field === 'string' && field.trim() !== '' ? field.trim() : undefined;
  };
  const [name = '', version = ''] = [value('name'), value('version')];
  if (!isPlainToken(name) || !isPlainToken(version)) return undefined;
  const links = fields.links;
  const website = typeof links === 'object' && links !== null ? Object.entries(links) : [];
  const stated = {
    architecture: onlyArchitecture(fields.architectures),
    summary: value('summary'),
    license: value('license'),
    website: value('website') ?? firstText(website.find(([key]) => key === 'website')?.[1]),
    base: value('base'),
    type: value('type'),
    grade: value('grade'),
    confinement: value('confinement'),
  };
  return { name, version, ...withoutUndefined(stated) };
}

async function mapping(text: string): Promise<Readonly<Record<string, unknown>>> {
  // As in parsePlainYaml: most images have no snap.
  const { parseDocument } = await import('yaml');
  try {
    const document = parseDocument(text, { schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' });
    if (document.errors[0] !== undefined) throw document.errors[0];
    const value: unknown = document.toJS({ maxAliasCount: 50 });
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch (cause) {
    throw new SbomError('MALFORMED', 'snap.yaml: not readable as YAML', { cause });
  }
}

/** The entries are names, or objects whose `build-on` says where it was made. */
function onlyArchitecture(field: unknown): string | undefined {
  if (!Array.isArray(field) || field.length !== 1) return undefined;
  const [only] = field;
  return typeof only === 'string' && isPlainToken(only) && only !== 'all' ? only : undefined;
}

function firstText(field: unknown): string | undefined {
  const value: unknown = Array.isArray(field) ? field[0] : field;
  return typeof value === 'string' ? value : undefined;
}
