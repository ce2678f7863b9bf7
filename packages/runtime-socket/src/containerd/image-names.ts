import { Content } from '../gen/containerd/content_pb.ts';
import { Images } from '../gen/containerd/images_pb.ts';
import type { GrpcConnection } from '../grpc/grpc-connection.ts';
import { RuntimeError } from '../runtime-error.ts';

/**
 * Finds what an image's name or digest stands for in containerd, where names are written in full: besides the name as
 * it is given, `docker.io/`, `library/` and `:latest` are tried in the places where Docker lets them be left out.
 *
 * @returns digest of the manifest or index
 * @throws RuntimeError `IMAGE_UNKNOWN`
 */
export async function findTarget(
  connection: GrpcConnection,
  reference: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const images = connection.client(Images);
  for (const name of fullNames(reference)) {
    try {
      const { image } = await connection.call('images.Get', (options) => images.get({ name }, options), { signal });
      if (image?.target) return image.target.digest;
    } catch (error) {
      if (!(error instanceof RuntimeError && error.code === 'IMAGE_UNKNOWN')) throw error;
    }
  }
  const digest = /(?:^|@)(sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128}))$/.exec(reference)?.[1];
  if (digest !== undefined) {
    const filters = [`target.digest==${digest}`];
    const found = await connection.call('images.List', (options) => images.list({ filters }, options), { signal });
    // A platform's manifest has no name of its own where the name means the index above it.
    if (found.images.length > 0 || (await hasContent(connection, digest, signal))) return digest;
  }
  const shown = JSON.stringify(reference.slice(0, 200));
  throw new RuntimeError('IMAGE_UNKNOWN', `images.Get at ${connection.socketPath}: there is no image ${shown}`, {
    hint: 'name it in full, as `ctr images ls` does, and look in its namespace',
  });
}

/** The names, each `NAME@DIGEST`, under which the namespace has a manifest or index; any may be of the registry it is from. */
export async function namesWithDigest(
  connection: GrpcConnection,
  digest: string,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const images = connection.client(Images);
  const filters = [`target.digest==${digest}`];
  const found = await connection.call('images.List', (options) => images.list({ filters }, options), { signal });
  // Kubernetes gives images the digest of their config as a further name, which leads to no registry.
  const names = found.images.map(({ name }) => name).filter((name) => name.includes('/'));
  return [...new Set(names.map((name) => `${name.replace(/@.*$/, '').replace(/:[^/:]*$/, '')}@${digest}`))];
}

function fullNames(reference: string): string[] {
  const [first = '', ...rest] = reference.split('/');
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const path = rest.length === 0 ? `docker.io/library/${reference}` : `docker.io/${reference}`;
  const names = hasHost ? [reference] : [reference, path];
  const isTagged = /:[^/]*$/.test(reference);
  return isTagged ? names : [...names, ...names.map((name) => `${name}:latest`)];
}

async function hasContent(
  connection: GrpcConnection,
  digest: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { info } = connection.client(Content);
  try {
    await connection.call('content.Info', (options) => info({ digest }, options), { signal });
    return true;
  } catch (error) {
    if (error instanceof RuntimeError && error.code === 'IMAGE_UNKNOWN') return false;
    throw error;
  }
}
