import { textOf, token } from '../text/json-fields.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { type PhpValue, parseSerialized } from './parse-serialized.ts';

/** A package that PEAR or PECL installed. */
export interface PearPackage {
  readonly name: string;
  readonly version: string;
  /** Server it came from: `pear.php.net`, `pecl.php.net`. */
  readonly channel?: string;
  readonly license?: string;
  /** First lead developer, as `Name <address>`. */
  readonly lead?: string;
  readonly summary?: string;
  /** `stable`, `beta`. */
  readonly stability?: string;
}

/**
 * Reads a file of PEAR's registry (`.registry/*.reg`, package formats 1 and 2).
 *
 * @returns undefined where it states no name or no version. Never throws.
 */
export function parsePearRegistry(bytes: Uint8Array): PearPackage | undefined {
  const document = parseSerialized(bytes);
  const stated = at(document, 'version');
  const [name, version] = [
    token(at(document, 'name') ?? at(document, 'package')),
    token(typeof stated === 'string' ? stated : at(stated, 'release')),
  ];
  if (name === undefined || version === undefined) return undefined;
  const stability = at(document, 'stability');
  return {
    ...{ name, version },
    ...withoutUndefined({
      channel: token(at(document, 'channel')),
      license: textOf(content(at(document, 'license') ?? at(document, 'release_license'))),
      lead: person(at(document, 'lead')) ?? person(at(document, 'maintainers')),
      summary: textOf(at(document, 'summary')),
      stability: token(at(stability, 'release') ?? at(document, 'release_state')),
    }),
  };
}

function at(value: PhpValue | undefined, name: string): PhpValue | undefined {
  return value instanceof Map ? value.get(name) : undefined;
}

/** An XML element with attributes was stored with its text aside. */
function content(value: PhpValue | undefined): PhpValue | undefined {
  return at(value, '_content') ?? value;
}

/** One person, or the first of a list. */
function person(value: PhpValue | undefined): string | undefined {
  const first = at(value, '0') ?? value;
  const [name, email] = [textOf(at(first, 'name')), textOf(at(first, 'email'))];
  return name !== undefined && email !== undefined ? `${name} <${email}>` : (name ?? email);
}
