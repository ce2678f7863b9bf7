import { isPlainToken } from '../text/plain-token.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { parseSections } from './parse-sections.ts';

/** An installed package as `desc` in pacman's local database has it (section names in brackets). */
export interface PacmanPackage {
  /** `%NAME%` */
  readonly name: string;
  /** `%VERSION%` with epoch and release. */
  readonly version: string;
  /** `%ARCH%`, or `any`. */
  readonly architecture?: string;
  /** `%BASE%`, the name of the source package, where it is another than the package's. */
  readonly base?: string;
  /** `%DESC%` */
  readonly description?: string;
  /** `%URL%` */
  readonly url?: string;
  /** `%PACKAGER%` */
  readonly packager?: string;
  /** `%LICENSE%` */
  readonly licenses?: readonly string[];
  /** `%SIZE%`, bytes installed. */
  readonly installedSize?: number;
  /** `%REASON%` 1: it came because another package needed it. */
  readonly autoInstalled?: true;
  /** `%VALIDATION%`: `pgp`, `sha256`, `md5` or `none`. */
  readonly validation?: string;
  /** `%DEPENDS%`, names alone. */
  readonly depends?: readonly string[];
  /** `%PROVIDES%`, names alone. */
  readonly provides?: readonly string[];
}

/** Values of one section that are kept. */
const maxValues = 10_000;

/**
 * Reads the `desc` file of one installed package. Never throws.
 *
 * @returns undefined where it names no package or no version
 */
export function parsePacmanDesc(text: string): PacmanPackage | undefined {
  const sections = parseSections(text, maxValues);
  const value = (name: string) => sections.get(name)?.[0];
  const [name = '', version = ''] = [value('NAME'), value('VERSION')];
  if (!isPlainToken(name) || !isPlainToken(version)) return undefined;
  const size = value('SIZE');
  const base = value('BASE');
  const stated = {
    architecture: value('ARCH'),
    base: base === name ? undefined : base,
    description: value('DESC'),
    url: value('URL'),
    packager: value('PACKAGER'),
    licenses: sections.get('LICENSE'),
    installedSize: size !== undefined && /^\d{1,15}$/.test(size) ? Number(size) : undefined,
    autoInstalled: value('REASON') === '1' ? (true as const) : undefined,
    validation: value('VALIDATION'),
    depends: relationNames(sections.get('DEPENDS')),
    provides: relationNames(sections.get('PROVIDES')),
  };
  return { name, version, ...withoutUndefined(stated) };
}

/** `glibc>=2.38`, `libz.so=1-64`, `name=1.0`: the part before the comparison. */
function relationNames(values: readonly string[] | undefined): string[] | undefined {
  return values?.flatMap((value) => /^[^<>=\s]+/.exec(value)?.[0] ?? []);
}
