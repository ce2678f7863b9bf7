import type { TokenRequest } from './token.ts';

/** Adds actions to a scope that lacks them: `repository:a:pull` and `pull,push` is `repository:a:pull,push`. */
function widened(scope: string, prefix: string, actions: readonly string[]): string {
  const named = scope.slice(prefix.length).split(',').filter(Boolean);
  if (named.includes('*')) return scope;
  return prefix + [...new Set([...named, ...actions])].join(',');
}

/**
 * Scopes to ask a token for (distribution "Token Scope Documentation"): those that the challenge names. What it names of
 * our repository is widened to the rights wanted, so that a token got for a HEAD before an upload is good for the upload
 * too; other resources are left to the registry, which knows. Where it names nothing, the rights wanted in the repository.
 * Scopes that the request itself wants come last.
 */
export function scopesOf({ actions, challenge, scopes = [], target }: TokenRequest): readonly string[] {
  const named = [...new Set(challenge.parameters.get('scope')?.split(' ').filter(Boolean))];
  const prefix = `repository:${target.repository}:`;
  if (named.length === 0) named.push(`${prefix}${actions}`);
  const wide = named.map((scope) => (scope.startsWith(prefix) ? widened(scope, prefix, actions.split(',')) : scope));
  return [...new Set([...wide, ...scopes])];
}
