import type { DoubleRoute } from './double-route.ts';

/** A route that serves a call, with what its pattern took from the path. */
export interface RouteMatch {
  readonly route: DoubleRoute;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The calls the double serves. Of two with the same method and path the later one counts. */
export class RouteTable {
  readonly #routes: readonly DoubleRoute[];

  constructor(routes: readonly DoubleRoute[]) {
    this.#routes = [...new Map(routes.map((route) => [`${route.method} ${route.path}`, route])).values()];
  }

  /** Every scope a route asks for. */
  get scopes(): ReadonlySet<string> {
    return new Set(this.#routes.map(({ scope }) => scope));
  }

  /** The route for a call of a host; one without `{name}` goes before one with it. */
  find(host: 'api' | 'upload', method: string, path: string): RouteMatch | undefined {
    let found: RouteMatch | undefined;
    for (const route of this.#routes) {
      if (route.method === method && (host === 'api' || route.onUploadHost === true)) {
        const parameters = matchPath(route.path, path);
        if (route.path === path) {
          return { route, parameters: {} };
        }
        found ??= parameters && { route, parameters };
      }
    }
    return found;
  }
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  const parameters: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name === undefined) {
      if (segment !== given[index]) {
        return undefined;
      }
      continue;
    }
    const value = decodeSegment(given[index] ?? '');
    if (value === undefined || value === '') {
      return undefined;
    }
    parameters[name] = value;
  }
  return wanted.length === given.length ? parameters : undefined;
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
