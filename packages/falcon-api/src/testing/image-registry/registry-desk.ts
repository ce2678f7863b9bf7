import { randomBytes, timingSafeEqual } from 'node:crypto';
import { cidWithoutChecksum } from '../../cloud/customer-id.ts';
import type { DoubleAnswer } from '../envelope.ts';
import type { HostRequest } from '../host-server.ts';

/** Who may read from the registry of the double. */
export interface RegistryDeskOptions {
  /** Customer id, with or without checksum. */
  readonly ccid: string;
  /** Password of all its users. */
  readonly password: string;
  /** Seconds a token lives. */
  readonly tokenLifetime: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What each family of users may read, by the first part of the path; `undefined` is everything else. */
const familyOfFolder: ReadonlyMap<string, string> = new Map([
  ['falcon-snapshot', 'fs'],
  ['fcs', 'fh'],
]);

interface IssuedToken {
  /** Paths of the repositories it opens. */
  readonly repositories: ReadonlySet<string>;
  readonly expiresAt: number;
}

/** Gives tokens for a Basic login, and knows what each opens. */
export class RegistryDesk {
  readonly #options: RegistryDeskOptions;
  readonly #tokens = new Map<string, IssuedToken>();

  constructor(options: RegistryDeskOptions) {
    this.#options = options;
  }

  /**
   * `GET /v2/token?account=USER&scope=repository:PATH:pull&service=HOST` with the user's Basic login. Scopes the user has
   * no right to are left out of the token, as registries do it.
   *
   * @param host - Of this registry.
   */
  issue(request: HostRequest, host: string): DoubleAnswer {
    const user = this.#userOf(request.headers.authorization);
    if (user === undefined) {
      return registryRefusal(401, 'UNAUTHORIZED', 'user name or password is wrong');
    }
    const query = new URLSearchParams(request.query);
    if (query.get('account') !== user) {
      return registryRefusal(401, 'UNAUTHORIZED', 'account is not the user of the Basic login');
    }
    if (query.get('service') !== host) {
      return registryRefusal(400, 'UNSUPPORTED', `service is not ${host}`);
    }
    const asked = query.getAll('scope').flatMap((scope) => scope.split(' '));
    const repositories = asked.flatMap((scope) => /^repository:(.+):(?:[a-z*]+,)*(?:pull|\*)/.exec(scope)?.[1] ?? []);
    const { tokenLifetime, now } = this.#options;
    const token = randomBytes(32).toString('base64url');
    const granted = repositories.filter((path) => user.startsWith(`${familyOf(path)}-`));
    this.#forgetExpired();
    this.#tokens.set(token, { repositories: new Set(granted), expiresAt: now() + tokenLifetime * 1000 });
    return { status: 200, json: { token, expires_in: tokenLifetime } };
  }

  /**
   * Why a call may not pass; `undefined` where it may.
   *
   * @param repository - Path it reads from; without it any token will do.
   */
  refusal({ headers }: HostRequest, repository: string | undefined): string | undefined {
    const token = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
    const issued = token === undefined ? undefined : this.#tokens.get(token);
    if (issued === undefined) {
      return token === undefined ? 'the token is missing' : 'the token is unknown';
    }
    if (issued.expiresAt <= this.#options.now()) {
      return 'the token is expired';
    }
    const isEnough = repository === undefined || issued.repositories.has(repository);
    return isEnough ? undefined : 'the token does not open this repository';
  }

  /** The user of a Basic login, where user and password are right. */
  #userOf(authorization: string | undefined): string | undefined {
    const basic = /^Basic ([\w+/]+=*)$/i.exec(authorization ?? '')?.[1] ?? '';
    const [, user = '', password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(basic, 'base64').toString('utf8')) ?? [];
    const cid = cidWithoutChecksum(this.#options.ccid);
    const isKnown = cid !== undefined && ['fc', 'fs', 'fh'].some((family) => user === `${family}-${cid}`);
    return isKnown && equal(password, this.#options.password) ? user : undefined;
  }

  #forgetExpired(): void {
    for (const [token, { expiresAt }] of this.#tokens) {
      if (expiresAt <= this.#options.now()) {
        this.#tokens.delete(token);
      }
    }
  }
}

/** A refusal in the form of the distribution-spec. */
export function registryRefusal(status: number, code: string, reason: string): DoubleAnswer {
  return {
    status,
    json: { errors: [{ code, message: code.toLowerCase().replaceAll('_', ' '), detail: null }] },
    reason,
  };
}

function familyOf(path: string): string {
  return familyOfFolder.get(path.split('/', 1)[0] ?? '') ?? 'fc';
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
