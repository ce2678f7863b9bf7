/** A file of a repository of the Hugging Face hub, by where its cache keeps it. */
export interface HubFile {
  readonly namespace?: string;
  readonly name: string;
  /** Lower-case hexadecimal of the commit, where the path tells it. */
  readonly revision?: string;
}

const cachePath =
  /(?:^|\/)models--([A-Za-z0-9][A-Za-z0-9._-]{0,95})\/(?:snapshots\/([0-9a-f]{40})\/|blobs\/[0-9a-f]{40,64}$)/;

/**
 * Reads a path of the hub's cache: `models--org--name/snapshots/<commit>/…`, or `models--org--name/blobs/<hash>`.
 *
 * @see https://huggingface.co/docs/huggingface_hub/guides/manage-cache
 */
export function parseHubPath(path: string): HubFile | undefined {
  const match = cachePath.exec(path);
  if (match === null) return undefined;
  const [, repository = '', revision] = match;
  const parts = repository.split('--');
  const name = parts.pop();
  if (name === undefined || name === '' || parts.length > 1) return undefined;
  const [namespace] = parts;
  return { name, ...(namespace !== undefined && { namespace }), ...(revision !== undefined && { revision }) };
}
