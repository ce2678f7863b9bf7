import { join } from 'node:path';
import { tokenOfFile, tokenOfNamedFile } from './credentials-file.ts';
import { type GoogleContext, type GoogleCredentialsOptions, googleContext } from './google-credentials-options.ts';
import type { GoogleTokenProvider } from './google-token.ts';
import { metadataToken } from './metadata-server.ts';

const fileName = 'application_default_credentials.json';

/** Where gcloud writes a login to; `undefined` where the environment does not tell. */
function wellKnownPath(env: GoogleContext['env']): string | undefined {
  if (env.CLOUDSDK_CONFIG) return join(env.CLOUDSDK_CONFIG, fileName);
  if (env.HOME) return join(env.HOME, '.config', 'gcloud', fileName);
  return env.APPDATA ? join(env.APPDATA, 'gcloud', fileName) : undefined;
}

/**
 * Tokens for the identity of this machine, by the order of Application Default Credentials: the file that
 * `GOOGLE_APPLICATION_CREDENTIALS` names, the one that gcloud writes, the metadata server. The first that is there is used,
 * and its errors are not hidden; a file that is named must be there.
 */
export function googleDefaultCredentials(options: GoogleCredentialsOptions = {}): GoogleTokenProvider {
  const context = googleContext(options);
  const { env } = context;
  return {
    async getToken({ signal } = {}) {
      const named = env.GOOGLE_APPLICATION_CREDENTIALS;
      if (named) {
        return tokenOfNamedFile(context, { path: named, name: `${named} (GOOGLE_APPLICATION_CREDENTIALS)` }, signal);
      }
      const path = wellKnownPath(env);
      const login = path === undefined ? undefined : await tokenOfFile(context, { path, name: path }, signal);
      if (login !== undefined) return login;
      const found = await metadataToken(context, signal);
      if (!('absent' in found)) return found;
      const places = [
        'GOOGLE_APPLICATION_CREDENTIALS is not set',
        path === undefined ? 'HOME is not set' : `there is no ${path}`,
        found.absent,
      ];
      return { absent: places.join(', ') };
    },
  };
}
