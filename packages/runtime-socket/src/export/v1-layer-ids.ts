import { createHash } from 'node:crypto';

/**
 * What Docker before 25 takes every layer but the last for when it names the layer's folder in an export: an image of
 * version 1 without any setting. The name is the digest of this text with the chain id and the parent's name.
 */
const emptyContainer = {
  Hostname: '',
  Domainname: '',
  User: '',
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  Env: null,
  Cmd: null,
  Image: '',
  Volumes: null,
  WorkingDir: '',
  Entrypoint: null,
  OnBuild: null,
  Labels: null,
};

/**
 * The folders that an export of Docker before 25 has for an image's layers, base first, without the topmost layer's:
 * that one depends on settings which the API does not give. Nothing is trusted to this: it only tells beforehand what
 * the content's digest proves afterwards. A daemon with another time zone than UTC has other names.
 */
export function v1LayerIds(diffIds: readonly string[]): string[] {
  const ids: string[] = [];
  let chainId = '';
  for (const diffId of diffIds.slice(0, -1)) {
    chainId = chainId === '' ? diffId : sha256(`${chainId} ${diffId}`);
    const parent = ids.at(-1);
    const id = sha256(
      JSON.stringify({
        container_config: emptyContainer,
        created: '1970-01-01T00:00:00Z',
        layer_id: chainId,
        ...(parent !== undefined && { parent: `sha256:${parent}` }),
      }),
    );
    ids.push(id.slice('sha256:'.length));
  }
  return ids;
}

function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
