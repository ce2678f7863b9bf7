import { RegistryError } from '../../error.ts';
import { askPatiently, type CloudAnswer } from '../ask-patiently.ts';
import type { CloudRequest } from '../cloud-http.ts';
import type { IdentityAbsence } from '../identity-source.ts';
import { invalidSetting } from '../invalid-setting.ts';
import { type GoogleContext, type GoogleOptions, googleContext } from './google-options.ts';
import { refusal } from './google-refusal.ts';
import type { GoogleToken, GoogleTokenSource } from './google-token.ts';
import { oauthToken } from './token-answer.ts';

/** Where the metadata server is: the address saves a look-up, the name is there where only IPv6 is. */
const usualHosts = ['169.254.169.254', 'metadata.google.internal'] as const;
const tokenPath = '/computeMetadata/v1/instance/service-accounts/default/token';
const flavor = { 'metadata-flavor': 'Google' };
/** Time for the metadata server to show that it is there, ms; it is no further than the machine's own host. */
const detectTimeout = 3000;
const identity = 'Google metadata server';

function isOfGoogle(answer: { readonly headers: Readonly<Record<string, string>> }): boolean {
  return answer.headers['metadata-flavor'] === 'Google';
}

function request(base: URL, path: string, signal: AbortSignal | undefined): CloudRequest {
  return { method: 'GET', url: new URL(path, base), headers: flavor, direct: true, signal };
}

/** The server that the environment names; nothing is asked whether it is there, as it was said to be. */
function namedServer(env: GoogleContext['env']): URL | undefined {
  const name = env.GCE_METADATA_HOST ? 'GCE_METADATA_HOST' : 'GCE_METADATA_ROOT';
  const host = env[name];
  if (!host) return undefined;
  const text = `http://${host}/`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.href === `http://${url?.host}/`) return url;
  throw invalidSetting(`environment variable ${name}`, 'it is not a host', 'write HOST or HOST:PORT');
}

/** The server at the usual places, if it shows itself there. Another cloud's has the same address. */
async function detectServer(context: GoogleContext, signal: AbortSignal | undefined): Promise<URL | IdentityAbsence> {
  for (const host of usualHosts) {
    const base = new URL(`http://${host}/`);
    try {
      const answer = await context.http({ ...request(base, '/', signal), timeout: detectTimeout });
      return isOfGoogle(answer) ? base : { absent: `what answers at ${host} is not the metadata server of Google` };
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof RegistryError) || !error.retryable) throw error;
    }
  }
  return { absent: `no metadata server answers at ${usualHosts.join(' or ')}` };
}

function tokenOf(answer: CloudAnswer): GoogleToken | IdentityAbsence {
  if (!isOfGoogle(answer)) {
    throw new RegistryError('CREDENTIALS_UNAVAILABLE', `${answer.what}: the answer has no Metadata-Flavor of Google`, {
      status: answer.status,
      hint: 'something else answers in the place of the metadata server; what it says is not used',
    });
  }
  if (answer.status === 200) return oauthToken(answer, identity);
  if (answer.status === 404) return { absent: 'the metadata server has no service account for this machine' };
  throw refusal(answer, {
    identity,
    secrets: [],
    hint: 'check that the workload may act as its service account, and that the account is enabled',
  });
}

/**
 * Tokens for the service account that a machine of Google Cloud runs as: Compute Engine, GKE with or without workload
 * identity, Cloud Run. Their scopes are those of the machine. No identity is where nothing answers, where what answers is
 * another cloud's, and where no service account is attached; a server that `GCE_METADATA_HOST` names must be there.
 */
export function googleMetadataServer(options: GoogleOptions = {}): GoogleTokenSource {
  const context = googleContext(options);
  return {
    name: 'metadata server',
    async get({ signal } = {}) {
      signal?.throwIfAborted();
      const server = namedServer(context.env) ?? (await detectServer(context, signal));
      if ('absent' in server) return server;
      return tokenOf(await askPatiently(context, request(server, tokenPath, signal)));
    },
  };
}
