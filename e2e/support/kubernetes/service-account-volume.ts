import { chmod, chown, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** What a kubelet mounts at `/var/run/secrets/kubernetes.io/serviceaccount`. */
export interface ServiceAccountVolume {
  readonly directory: string;
  /** Puts another token in the place of the one that is there, as the kubelet does before a token expires. */
  renew(token: string): Promise<void>;
}

/** What is in the volume, and who may read it. */
export interface ServiceAccountFiles {
  readonly token: string;
  /** PEM. */
  readonly ca: string;
  readonly namespace: string;
  /** Group of the files: the pod's `fsGroup`. */
  readonly group: number;
}

/**
 * Makes the volume in a folder that does not exist yet. As the kubelet lays it out, the files are links into a folder
 * that is replaced as a whole, and the folder before is removed.
 */
export async function serviceAccountVolume(
  directory: string,
  { ca, namespace, group, ...first }: ServiceAccountFiles,
): Promise<ServiceAccountVolume> {
  await mkdir(directory);
  let current: string | undefined;
  const renew = async (token: string): Promise<void> => {
    const data = await mkdtemp(join(directory, '..data-'));
    await chown(data, 0, group);
    await chmod(data, 0o750);
    for (const [name, content] of Object.entries({ token, 'ca.crt': ca, namespace })) {
      const file = join(data, name);
      await writeFile(file, content);
      await chown(file, 0, group);
      await chmod(file, 0o640);
    }
    const next = join(directory, '..next');
    await symlink(basename(data), next);
    await rename(next, join(directory, '..data'));
    if (current !== undefined) await rm(current, { recursive: true });
    current = data;
  };
  await renew(first.token);
  for (const name of ['token', 'ca.crt', 'namespace']) await symlink(join('..data', name), join(directory, name));
  return { directory, renew };
}
