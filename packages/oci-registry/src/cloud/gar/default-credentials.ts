import { join } from 'node:path';
import { chainIdentities } from '../identity-source.ts';
import { tokenOfFile, tokenOfNamedFile } from './credentials-file.ts';
import { type GoogleContext, type GoogleOptions, googleContext } from './google-options.ts';
import type { GoogleTokenSource } from './google-token.ts';
import { googleMetadataServer } from './metadata-server.ts';

const fileName = 'application_default_credentials.json';

/** Where gcloud writes a login to; `undefined` where the environment does not tell. */
function wellKnownPath(env: GoogleContext['env']): string | undefined {
  if (env.CLOUDSDK_CONFIG) return join(env.CLOUDSDK_CONFIG, fileName);
  if (env.HOME) return join(env.HOME, '.config', 'gcloud', fileName);
  return env.APPDATA ? join(env.APPDATA, 'gcloud', fileName) : undefined;
}

function namedFile(context: GoogleContext): GoogleTokenSource {
  const variable = 'GOOGLE_APPLICATION_CREDENTIALS';
  return {
    name: 'credentials file',
    async get({ signal } = {}) {
      const path = context.env[variable];
      if (!path) return { absent: `${variable} is not set` };
      return tokenOfNamedFile(context, { path, name: `${path} (${variable})` }, signal);
    },
  };
}

function gcloudLogin(context: GoogleContext): GoogleTokenSource {
  return {
    name: 'gcloud login',
    async get({ signal } = {}) {
      const path = wellKnownPath(context.env);
      if (path === undefined) return { absent: 'HOME is not set' };
      return (await tokenOfFile(context, { path, name: path }, signal)) ?? { absent: `there is no ${path}` };
    },
  };
}

/**
 * Tokens for the identity of this machine, by the order of Application Default Credentials: the file that
 * `GOOGLE_APPLICATION_CREDENTIALS` names, the one that gcloud writes, the metadata server. The first that is there is used,
 * and its errors are not hidden; a file that is named must be there.
 */
export function googleDefaultCredentials(options: GoogleOptions = {}): GoogleTokenSource {
  const context = googleContext(options);
  return chainIdentities(namedFile(context), gcloudLogin(context), googleMetadataServer({ ...options, ...context }));
}
