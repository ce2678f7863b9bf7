import { UsageError } from '../cli/usage-error.ts';

/** Where `iar images pull` puts an image. */
export type PullTarget =
  | { readonly kind: 'docker-archive' | 'oci-archive'; readonly path: string }
  | { readonly kind: 'oci-layout'; readonly path: string; readonly tag: string | undefined }
  | { readonly kind: 'engine'; readonly engine: 'docker' | 'podman' };

const examples = 'docker-archive:FILE, oci-archive:FILE, oci-layout:DIR[:TAG], docker or podman';

/**
 * Reads where an image is to go. Without text it is the engine that the pull script would use.
 *
 * @param tool - `CONTAINER_TOOL`, as the script's environment names an engine.
 * @throws UsageError for anything else
 */
export function parsePullTarget(text: string | undefined, tool: string | undefined): PullTarget {
  const given = text || tool?.toLowerCase();
  if (!given) throw new UsageError('it is not said where to pull to', `name one of ${examples}`);
  const [, kind = given, path = ''] = /^([a-z-]+):(.*)$/s.exec(given) ?? [];
  if ((kind === 'docker' || kind === 'podman') && path === '') return { kind: 'engine', engine: kind };
  if ((kind === 'docker-archive' || kind === 'oci-archive') && path !== '') return { kind, path };
  if (kind === 'oci-layout' && path !== '') return parseLayout(path);
  throw new UsageError(`"${given}" is no place to pull to`, `write one of ${examples}`);
}

/** A last part after a colon is the tag, where it can be one. */
function parseLayout(text: string): PullTarget {
  const [, path = text, tag] = /^(.+):(\w[\w.-]{0,127})$/s.exec(text) ?? [];
  return { kind: 'oci-layout', path, tag };
}
