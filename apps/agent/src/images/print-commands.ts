import { createPullToken, formatTagList } from '@falcon-iar/falcon-api';
import { UsageError } from '../cli/usage-error.ts';
import { openFalcon } from './falcon-access.ts';
import type { ChoiceOptions, ImagesContext, ImagesOptions } from './images-options.ts';
import { chosenPlatform, chosenType, findVendorImage } from './vendor-image.ts';
import { findVersion, listVersions, openRegistries } from './vendor-registry.ts';

/** `iar images list-tags`: the versions of an image, as a JSON document. */
export async function listTags(options: ChoiceOptions, context: ImagesContext): Promise<void> {
  chosenPlatform(options);
  const vendor = await findVendorImage(options, context);
  await using client = await openRegistries(vendor, options, context);
  const versions = await listVersions(client, vendor, options, context.signal);
  context.stdout.write(formatTagList(vendor.registry, vendor.image, versions));
}

/** `iar images image-path`: the reference of one version. */
export async function printImagePath(options: ChoiceOptions, context: ImagesContext): Promise<void> {
  chosenPlatform(options);
  const vendor = await findVendorImage(options, context);
  await using client = await openRegistries(vendor, options, context);
  const tag = await findVersion(client, vendor, options, context.signal);
  context.stdout.write(`${vendor.registry}/${vendor.image.repository}:${tag}\n`);
}

/** `iar images pull-token`: the login as a Kubernetes Secret holds it. */
export async function printPullToken(options: ImagesOptions, context: ImagesContext): Promise<void> {
  const { registry, login } = await findVendorImage(options, context);
  context.stdout.write(`${createPullToken(registry, login)}\n`);
}

/** `iar images credentials`: the login in the clear, for that is what is asked for. */
export async function printCredentials(options: ImagesOptions, context: ImagesContext): Promise<void> {
  const { login } = await findVendorImage(options, context);
  context.stdout.write(`CS Registry Username: ${login.username}\nCS Registry Password: ${login.password}\n`);
}

/** `iar images cid`: the customer id with its checksum; one that is given already is not asked for. */
export async function printCid(options: ImagesOptions, context: ImagesContext): Promise<void> {
  const { env, signal, stdout } = context;
  chosenType(options, env);
  await using falcon = await openFalcon(options, context);
  const cid = options.cid?.trim() || (await falcon.client.ccid({ signal }));
  if (!/^[0-9a-f]{32}(?:-[0-9a-f]{2})?$/i.test(cid)) {
    throw new UsageError('the customer id is not 32 hexadecimal digits, with or without a checksum', 'see FALCON_CID');
  }
  stdout.write(`${cid}\n`);
}
