import type { RunningImage } from './image-event.ts';

const bareHex = /^[0-9a-f]{64}$/;
const digest = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;
/** An image id is far shorter; the API does not bound it. */
const longest = 4096;

/**
 * Reads the `imageID` of a container status. Runtimes write:
 *
 * - containerd and CRI-O `repository[:tag]@sha256:…`: what was pulled;
 * - dockershim and cri-dockerd `docker-pullable://repository@sha256:…`: the same, `docker://sha256:…` for a local image;
 * - containerd `sha256:…` and CRI-O a bare `…` of 64 hex digits for images without a repository: the image id, which is
 *   the digest of the config.
 *
 * @returns `undefined` where it names no digest, such as the empty text of a container that has not started.
 */
export function parseImageId(imageId: string): RunningImage | undefined {
  if (imageId.length > longest) return undefined;
  const name = imageId.trim().replace(/^[a-z][a-z0-9+.-]*:\/\//, '');
  if (bareHex.test(name)) return { digest: `sha256:${name}`, digestOf: 'config' };
  if (digest.test(name)) return { digest: name, digestOf: 'config' };
  const at = name.lastIndexOf('@');
  const tail = name.slice(at + 1);
  if (at === -1 || !digest.test(tail)) return undefined;
  const repository = name.slice(0, at).replace(/:[^/:]*$/, '');
  // containerd names an image whose name it has lost `<none>@sha256:…`.
  return /^[a-z0-9]/i.test(repository)
    ? { digest: tail, digestOf: 'manifest', pullReference: `${repository}@${tail}` }
    : { digest: tail, digestOf: 'manifest' };
}
