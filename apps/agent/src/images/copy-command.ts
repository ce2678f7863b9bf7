import { copyDestination } from '@falcon-iar/falcon-api';
import { UsageError } from '../cli/usage-error.ts';
import { readPassword } from '../scan/read-password.ts';
import { copyListener, reportCopy } from './copy-report.ts';
import type { CopyOptions, ImagesContext } from './images-options.ts';
import { chosenPlatform, findVendorImage } from './vendor-image.ts';
import { findVersion, openRegistries } from './vendor-registry.ts';

/**
 * `iar images copy REGISTRY/NAMESPACE`: copies one version to another registry, all its platforms unless one is asked for,
 * with the digests it has.
 */
export async function copy(target: string | undefined, options: CopyOptions, context: ImagesContext): Promise<void> {
  const to = target || context.env.COPY;
  if (!to) {
    throw new UsageError(
      'it is not said where to copy to',
      'name registry and namespace: iar images copy HOST/NAMESPACE',
    );
  }
  const platform = chosenPlatform(options);
  const { copyOmitImageName: omitImageName, copyCustomTag: customTag } = options;
  const placeOf = (name: string, tag: string): string =>
    copyDestination({ target: to, name, tag, omitImageName, customTag });
  // What cannot be a destination is told before anything is asked of the cloud.
  const [registry = ''] = placeOf('name', 'tag').split('/');
  const password = await readPassword(options);
  const login = options.username === undefined ? undefined : { username: options.username, password };
  const vendor = await findVendorImage(options, context);
  await using client = await openRegistries(vendor, options, context, { registry, login });
  const tag = await findVersion(client, vendor, options, context.signal);
  const reference = `${vendor.registry}/${vendor.image.repository}:${tag}`;
  const destination = placeOf(vendor.image.name, tag);
  const result = await client.copy(reference, destination, {
    platforms: platform && { os: platform.os, architecture: platform.architecture },
    onProgress: copyListener(options, context),
    signal: context.signal,
  });
  reportCopy(reference, result, options, context);
  context.stdout.write(`Image copied to: ${destination}\n`);
}
