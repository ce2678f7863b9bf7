import { textOf, token } from '../text/json-fields.ts';
import { splitLines } from '../text/read-lines.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** What the head of a plugin's main file, or of a theme's style sheet, says of it. */
export interface WordPressHeader {
  /** The name for people. */
  readonly title: string;
  readonly version: string;
  readonly author?: string;
  readonly license?: string;
  readonly homepage?: string;
  /** The parent of a theme. */
  readonly template?: string;
}

const labels: Readonly<Record<string, keyof WordPressHeader>> = {
  version: 'version',
  author: 'author',
  license: 'license',
  'plugin uri': 'homepage',
  'theme uri': 'homepage',
  template: 'template',
};

/**
 * Reads the header of a plugin (`Plugin Name:`) or theme (`Theme Name:`) as WordPress does: in the first 8 KiB, a line
 * each, behind whatever a comment begins its lines with.
 *
 * @returns undefined where name or version is missing. Never throws.
 */
export function parseWordPressHeader(text: string, kind: 'plugin' | 'theme'): WordPressHeader | undefined {
  const found: Partial<Record<keyof WordPressHeader, string>> = {};
  splitLines(text.replaceAll(/\r\n?/g, '\n'), (line) => {
    const [, label = '', rest = ''] =
      /^(?:[ \t/*#@]|<\?php)*([A-Za-z]+(?: [A-Za-z]+)?):(.*)$/.exec(line.slice(0, 1_024)) ?? [];
    const lower = label.toLowerCase();
    const part = lower === `${kind} name` ? 'title' : Object.hasOwn(labels, lower) ? labels[lower] : undefined;
    const value = textOf(rest.replace(/\s*(?:\*\/|\?>).*$/, ''));
    if (part !== undefined && value !== undefined) found[part] ??= value;
    return true;
  });
  const { title, version, template, ...rest } = found;
  const plain = token(version);
  if (title === undefined || plain === undefined) return undefined;
  return { title, version: plain, ...withoutUndefined({ ...rest, template: token(template) }) };
}

/** The version that `wp-includes/version.php` states. @returns undefined where it states none. Never throws. */
export function parseWordPressVersion(text: string): string | undefined {
  return token(/^\s*\$wp_version\s*=\s*(['"])([\w.+-]{1,64})\1\s*;/m.exec(text)?.[2]);
}
