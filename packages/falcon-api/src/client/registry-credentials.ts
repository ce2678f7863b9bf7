import { z } from 'zod';
import { cidWithoutChecksum } from '../cloud/customer-id.ts';
import type { FalconCloud, FalconCloudName } from '../cloud/falcon-clouds.ts';
import { cloudOfUrl, findCloud } from '../cloud/resolve-cloud.ts';
import { FalconError } from '../falcon-error.ts';
import { answerError } from '../http/exchange.ts';
import type { ApiSession } from './api-session.ts';
import { fetchCcid } from './ccid.ts';

/** Which family of images the credentials are for. */
export type RegistryImages = 'container-security' | 'snapshots' | 'iac';

/** A login for the vendor's image registry. The password shows in neither `inspect` nor JSON. */
export interface RegistryCredentials {
  /** Host of the registry; absent where the cloud is none of the known ones. */
  readonly registry?: string;
  /** Name of the cloud that answered, on which paths in the registry depend; absent as `registry` is. */
  readonly cloud?: FalconCloudName;
  /** Such as `fc-` and the customer id, lower case, without checksum. */
  readonly username: string;
  readonly password: string;
}

/** Options of `registryCredentials`. */
export interface RegistryCredentialsOptions {
  /** Customer id, with or without checksum, where it is known already; else it is asked for. */
  readonly cid?: string;
  /** Default `container-security`, which covers the image analyzer and the sensors. */
  readonly images?: RegistryImages;
  readonly signal?: AbortSignal;
}

/** By family: what user names begin with, and the scope beside `sensor-installers:read`. */
const families: Readonly<Record<RegistryImages, { readonly prefix: string; readonly scope: string }>> = {
  'container-security': { prefix: 'fc', scope: 'falcon-container:read' },
  snapshots: { prefix: 'fs', scope: 'snapshot-scanner-image-download:read' },
  iac: { prefix: 'fh', scope: 'infrastructure-as-code:read' },
};

const answerSchema = z.object({ resources: z.tuple([z.object({ token: z.string().regex(/^[\x21-\x7e]+$/) })]) });

class IssuedRegistryCredentials implements RegistryCredentials {
  declare readonly registry?: string;
  declare readonly cloud?: FalconCloudName;
  readonly username: string;
  readonly #password: string;

  constructor(cloud: FalconCloud | undefined, username: string, password: string) {
    if (cloud !== undefined) {
      this.registry = cloud.registry;
      this.cloud = cloud.name;
    }
    this.username = username;
    this.#password = password;
  }

  get password(): string {
    return this.#password;
  }
}

/** `GET /<family>/entities/image-registry-credentials/v1`, and the customer id where it is not given. */
export async function fetchRegistryCredentials(
  session: ApiSession,
  timeout: number,
  { cid, images = 'container-security', signal }: RegistryCredentialsOptions,
): Promise<RegistryCredentials> {
  const { prefix, scope } = families[images];
  const customer = cidWithoutChecksum(cid ?? (await fetchCcid(session, timeout, signal)));
  if (customer === undefined) {
    throw new FalconError('OPTIONS_INVALID', 'cid: not 32 hexadecimal digits, with or without a checksum', {
      hint: 'Take it from the Falcon console, or leave it away: it is asked for then.',
    });
  }
  const path = `/${images}/entities/image-registry-credentials/v1`;
  const { document, answer } = await session.getJson({ method: 'GET', path, scope, timeout }, signal);
  const parsed = answerSchema.safeParse(document);
  if (!parsed.success) {
    // A password in an unexpected place is not quoted.
    throw answerError('RESPONSE_INVALID', answer, 'the answer does not hold exactly one registry password');
  }
  return new IssuedRegistryCredentials(
    answeringCloud(session),
    `${prefix}-${customer}`,
    parsed.data.resources[0].token,
  );
}

/** The cloud that answered: known by its host or, behind a proxy, by the region it named. */
function answeringCloud({ tokenSource: { apiUrl, region = '' } }: ApiSession): FalconCloud | undefined {
  return cloudOfUrl(apiUrl) ?? findCloud(region);
}
