import { isPlainToken } from '../text/plain-token.ts';
import { splitLines } from '../text/read-lines.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** An installed gem as the specification that RubyGems wrote for it describes it. */
export interface InstalledGem {
  readonly name: string;
  readonly version: string;
  /** `x86_64-linux`, `java`; absent for gems that run everywhere (`ruby`). */
  readonly platform?: string;
  readonly licenses?: readonly string[];
  readonly authors?: readonly string[];
  readonly summary?: string;
  readonly homepage?: string;
  /** Names of the gems it needs at run time. */
  readonly requires?: readonly string[];
}

/** Characters of a line that are looked at. */
const maxLineLength = 16_384;
const maxTextLength = 4_096;
const maxValues = 1_000;

/** Fields by the attribute of `Gem::Specification` that sets them. */
const attributes: ReadonlyMap<string, 'one' | 'many'> = new Map<string, 'one' | 'many'>([
  ...(['name', 'version', 'platform', 'license', 'author', 'summary', 'homepage'] as const).map(
    (name) => [name, 'one'] as const,
  ),
  ['licenses', 'many'],
  ['authors', 'many'],
]);

/**
 * Reads a gem specification in the form that RubyGems writes on installation (`Gem::Specification#to_ruby`): one
 * assignment a line, values literal. It is Ruby code, and of what computes its values only the comment `# stub:` is
 * understood.
 *
 * @returns undefined where it states no name or no version. Never throws.
 */
export function parseGemspec(text: string): InstalledGem | undefined {
  const values = new Map<string, string[]>();
  const needed = { runtime: new Set<string>(), development: new Set<string>(), any: new Set<string>() };
  splitLines(text, (line) => {
    const [, attribute, assigned] = /^\s*\w+\.(\w+)\s*=(?!=)\s*(.*)$/.exec(line.slice(0, maxLineLength)) ?? [];
    const form = attribute === undefined ? undefined : attributes.get(attribute);
    if (attribute !== undefined && form !== undefined && !values.has(attribute)) {
      const texts = rubyStrings(assigned ?? '');
      values.set(attribute, form === 'one' ? texts.slice(0, 1) : texts);
    }
    const need = statedNeed(line);
    if (need !== undefined && needed[need.kind].size < maxValues) needed[need.kind].add(need.name);
    return undefined;
  });
  const stub = /^# stub: (\S+) (\S+) (\S+)/m.exec(text.slice(0, maxLineLength));
  const value = (attribute: string): string | undefined => values.get(attribute)?.[0];
  const name = value('name') ?? stub?.[1] ?? '';
  const version = value('version') ?? stub?.[2] ?? '';
  if (!isPlainToken(name) || !isPlainToken(version)) return undefined;
  const platform = value('platform') ?? stub?.[3];
  const homepage = value('homepage');
  // For RubyGems before 1.2 older files repeat all needs in an `else`, those of developers too.
  const { runtime, development, any } = needed;
  const requires = new Set([...runtime, ...Array.from(any).filter((name) => !development.has(name))]);
  return {
    ...{ name, version },
    ...withoutUndefined({
      platform: platform === 'ruby' || platform === undefined || !isPlainToken(platform) ? undefined : platform,
      licenses: filled(values.get('licenses')) ?? filled(values.get('license')),
      authors: filled(values.get('authors')) ?? filled(values.get('author')),
      summary: value('summary'),
      homepage: homepage === undefined ? undefined : withoutCredentials(homepage),
      requires: requires.size === 0 ? undefined : [...requires].sort(),
    }),
  };
}

/** `add_dependency` is the same as `add_runtime_dependency`. */
function statedNeed(line: string): { kind: 'runtime' | 'development' | 'any'; name: string } | undefined {
  const call = /^\s*\w+\.add_(?:(runtime|development)_)?dependency[\s(]\s*(.*)$/.exec(line.slice(0, maxLineLength));
  const [, kind, argument = ''] = call ?? [];
  const name = call === null ? undefined : rubyStrings(argument)[0];
  if (name === undefined || !isPlainToken(name)) return undefined;
  return { kind: kind === 'runtime' || kind === 'development' ? kind : 'any', name };
}

function filled(texts: readonly string[] | undefined): string[] | undefined {
  const kept = texts?.filter((text) => text !== '') ?? [];
  return kept.length === 0 ? undefined : kept;
}

/** The string literals in a piece of Ruby: `"…"`, `'…'`, `%q<…>`. An end that is missing is the end of the piece. */
function rubyStrings(code: string): string[] {
  const literals = code.matchAll(/"((?:[^"\\]|\\.)*)(?:"|$)|'((?:[^'\\]|\\.)*)(?:'|$)|%q<([^>]*)(?:>|$)/g);
  const texts: string[] = [];
  for (const [, double, single, raw] of literals) {
    if (texts.length >= maxValues) break;
    const text = double === undefined ? (raw ?? single?.replaceAll(/\\(['\\])/g, '$1') ?? '') : unescaped(double);
    texts.push(text.slice(0, maxTextLength).trim().toWellFormed());
  }
  return texts;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', e: '\u{1b}', s: ' ' };

function unescaped(text: string): string {
  return text.replaceAll(
    /\\(?:u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|x([0-9a-f]{2})|(.))/gi,
    (_, point, unit, byte, other) => {
      const code = Number.parseInt(point ?? unit ?? byte ?? '', 16);
      if (Number.isNaN(code)) return escapes[other] ?? other;
      return code > 0x10_ff_ff ? '\u{fffd}' : String.fromCodePoint(code);
    },
  );
}
