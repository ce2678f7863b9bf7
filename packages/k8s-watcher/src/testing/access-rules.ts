import { type ApiAnswer, failureAnswer } from './api-answer.ts';
import type { ApiRequest } from './api-request.ts';
import type { ServedResource } from './stored-object.ts';

/** Who may do what. Everything is allowed that is not denied. */
export class AccessRules {
  readonly #denied = new Set<string>();
  #tokens: ReadonlySet<string> | undefined;

  /** The tokens that are accepted; with `undefined` none is asked for. */
  accept(tokens: readonly string[] | undefined): void {
    this.#tokens = tokens && new Set(tokens);
  }

  deny(verb: ApiRequest['verb'], resource: ServedResource): void {
    this.#denied.add(`${verb} ${resource}`);
  }

  allow(verb: ApiRequest['verb'], resource: ServedResource): void {
    this.#denied.delete(`${verb} ${resource}`);
  }

  /** The refusal, if it is one. */
  refuse({ verb, resource, namespace }: ApiRequest, authorization: string | undefined): ApiAnswer | undefined {
    const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
    if (this.#tokens !== undefined && (token === undefined || !this.#tokens.has(token))) {
      return failureAnswer(401, 'Unauthorized', 'Unauthorized');
    }
    if (!this.#denied.has(`${verb} ${resource}`)) return undefined;
    const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
    const who = 'User "system:serviceaccount:test:watcher"';
    return failureAnswer(
      403,
      'Forbidden',
      `${resource} is forbidden: ${who} cannot ${verb} resource "${resource}" in API group "" ${where}`,
    );
  }
}
