import type { Stanza } from './stanza.ts';

/** A header's values by its name in lower case. */
export type HeaderValues = Readonly<Record<string, string | readonly string[]>>;

/**
 * The headers that make a user act as another: `as`, `as-uid`, `as-groups` and `as-user-extra` (Kubernetes, user
 * impersonation). None where the user acts as itself.
 *
 * @throws WatcherError `OPTIONS_INVALID` for a group, uid or extra without `as`, and for control characters.
 */
export function impersonationHeaders(user: Stanza | undefined): HeaderValues {
  const name = user?.text('as');
  const uid = user?.text('as-uid');
  const groups = user?.texts('as-groups') ?? [];
  const extra = user?.child('as-user-extra');
  const extraNames = extra?.names() ?? [];
  if (user === undefined || extra === undefined) return {};
  if (name === undefined) {
    if (uid === undefined && groups.length === 0 && extraNames.length === 0) return {};
    throw user.problem('as', 'is missing, but as-uid, as-groups or as-user-extra is set');
  }
  const extras = extraNames.map((key): [string, readonly string[]] => [
    `impersonate-extra-${escapeKey(key.toLowerCase())}`,
    extra.texts(key).map((value) => headerValue(user, 'as-user-extra', value)),
  ]);
  return {
    'impersonate-user': headerValue(user, 'as', name),
    ...(uid === undefined ? {} : { 'impersonate-uid': headerValue(user, 'as-uid', uid) }),
    ...(groups.length === 0
      ? {}
      : { 'impersonate-group': groups.map((group) => headerValue(user, 'as-groups', group)) }),
    ...Object.fromEntries(extras.filter(([, values]) => values.length > 0)),
  };
}

/** The UTF-8 bytes of a value, one character each, which is how they are sent. */
function headerValue(user: Stanza, field: string, value: string): string {
  const hasControls = [...value].some((char) => (char < ' ' && char !== '\t') || char === '\u007f');
  if (hasControls) throw user.problem(field, 'has control characters');
  return Buffer.from(value, 'utf8').toString('latin1');
}

/** Percent-encodes what a header's name cannot have (RFC 9110, 5.6.2), and the percent sign, which the server decodes. */
function escapeKey(key: string): string {
  return key.replace(/[^a-z0-9!#$&'*+.^_`|~-]/gu, (char) =>
    [...Buffer.from(char, 'utf8')].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
