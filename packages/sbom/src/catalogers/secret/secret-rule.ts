/** How a value is looked at once its form fits, so that what is plainly no secret is left out. */
export type SecretForm =
  /** A token with a mark of its own: only samples are left out. */
  | 'token'
  /** Made by a machine: letters and digits, as mixed as chance makes them. */
  | 'random'
  /** Made by anybody: no placeholder, no reference, no name. */
  | 'password'
  /** In front of a host, where only a password can stand: no placeholder, and no host of documentation. */
  | 'address-password'
  /** Base64 of a user name and a password with a colon between. */
  | 'basic-auth'
  /** A compact JSON web token (RFC 7519). */
  | 'jwt';

/** One kind of secret. */
export interface SecretRule {
  /** Lower-case name, such as `github-token`. */
  readonly id: string;
  /** Whose secret it is and what it opens, in words. */
  readonly title: string;
  /** Where a text has none of these, in whatever case, the pattern is not tried. At least three characters each. */
  readonly anchors: readonly string[];
  /** Where the pattern begins: at the anchor, or at the begin of the word (`A-Za-z0-9_.-`) that holds it. */
  readonly from: 'anchor' | 'word';
  /**
   * Sticky. The group `secret` is the end of the match; the group `name`, where there is one, names it. What can repeat
   * is bounded and never overlaps with what may follow it, so that a match takes steps in proportion to its length.
   */
  readonly pattern: RegExp;
  readonly form: SecretForm;
  /** Bytes behind the begin of the anchor that the pattern may look at. Default {@link ruleWindow}. */
  readonly window?: number;
}

/** Bytes of a window unless its rule says otherwise. */
export const ruleWindow = 512;

/** A rule for tokens that begin with a mark; `rest` is a pattern of what follows up to and with its end. */
export function prefixed(id: string, title: string, prefixes: readonly string[], rest: string): SecretRule {
  const marks = prefixes.map(escaped).join('|');
  const pattern = new RegExp(`(?<![A-Za-z0-9])(?<secret>(?:${marks})${rest})`, 'y');
  return { id, title, anchors: prefixes, from: 'anchor', pattern, form: 'token' };
}

/**
 * A rule for values that only the name they are assigned to tells: `name=value`, `"name": "value"`, `name => 'value'`,
 * `<name>value` and the like, on one line. The names hold one of `anchors`.
 */
export function assigned(
  id: string,
  title: string,
  anchors: readonly string[],
  value: string,
  form: SecretForm,
): SecretRule {
  const pattern = new RegExp(`(?<name>[A-Za-z0-9_.-]{3,96})${separator}(?<secret>${value})`, 'y');
  return { id, title, anchors, from: 'word', pattern, form };
}

/** Between a name and its value: quotes, a bracket, blanks, and one of `=` `:` `:=` `==` `===` `=>` `>`. */
const separator = '\\\\?["\'`]?\\]?[ \\t]{0,8}(?:[:=]{1,3}>?|>)[ \\t]{0,8}\\\\?["\'`]?';

function escaped(text: string): string {
  return text.replaceAll(/[.+\\]/g, '\\$&');
}
