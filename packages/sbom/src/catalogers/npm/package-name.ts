/** Longest name that npm ever allowed. */
const maxNameLength = 214;
const maxVersionLength = 256;

/** npm's rules for names that exist, old ones with capitals included: `name` or `@scope/name`, URL-safe. */
export function isNpmName(name: string): boolean {
  return (
    name.length <= maxNameLength &&
    /^(?:@[a-z0-9~!'()*_-][a-z0-9~!'()*._-]*\/)?[a-z0-9~!'()*_-][a-z0-9~!'()*._-]*$/i.test(name)
  );
}

/** Whether a text can stand for a version: one word, not too long. Blanks around it are tolerated, as npm does. */
export function isNpmVersion(version: string): boolean {
  return version.length <= maxVersionLength && /^\s*[^\s\p{Cc}]+\s*$/u.test(version);
}

/** A name as a purl has it: the scope, with its `@`, is the namespace. */
export function splitNpmName(name: string): { readonly namespace?: string; readonly name: string } {
  const slash = name.indexOf('/');
  return slash < 0 ? { name } : { namespace: name.slice(0, slash), name: name.slice(slash + 1) };
}

/**
 * Cuts `name@rest` at the `@` behind the name, not at that of a scope.
 *
 * @returns undefined where there is no name or nothing behind it
 */
export function splitNpmLocator(locator: string): { readonly name: string; readonly rest: string } | undefined {
  const at = locator.indexOf('@', 1);
  if (at < 0 || at + 1 === locator.length) return undefined;
  const name = locator.slice(0, at);
  return isNpmName(name) ? { name, rest: locator.slice(at + 1) } : undefined;
}
