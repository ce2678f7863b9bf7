import { isRegion, partitions } from './partitions.ts';

/** Where and how a token for a registry of Amazon ECR is asked for. */
export interface EcrApi {
  /** `public.ecr.aws`, which can also be read anonymously. */
  readonly isPublic: boolean;
  readonly region: string;
  /** Host of the API. */
  readonly host: string;
  /** The service's name in signatures, and before the colon of its permissions. */
  readonly service: 'ecr' | 'ecr-public';
  /** `X-Amz-Target` of the operation. */
  readonly target: string;
}

const publicApis: Readonly<Record<string, string>> = {
  'public.ecr.aws': 'api.ecr-public.us-east-1.amazonaws.com',
  'ecr-public.aws.com': 'ecr-public.us-east-1.api.aws',
};

function privateApi(region: string, host: string): EcrApi {
  const target = 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken';
  return { isPublic: false, region, host, service: 'ecr', target };
}

/**
 * The API that has the token for a registry host, or `undefined` where the host is not one of Amazon ECR: ports, other
 * suffixes and anything before the account are not.
 *
 * Private registries are `ACCOUNT.dkr.ecr[-fips].REGION.` and the suffix of a partition, or with IPv6
 * `ACCOUNT.dkr-ecr[-fips].REGION.on.aws`. The account does not matter: a token is for all registries of the region that
 * its owner may read.
 */
export function ecrApiOf(registry: string): EcrApi | undefined {
  const publicHost = Object.hasOwn(publicApis, registry) ? publicApis[registry] : undefined;
  if (publicHost !== undefined) {
    const target = 'SpencerFrontendService.GetAuthorizationToken';
    return { isPublic: true, region: 'us-east-1', host: publicHost, service: 'ecr-public', target };
  }
  const [, dash, fips = '', region = '', suffix] =
    /^[0-9]{12}\.dkr([.-])ecr(-fips)?\.([a-z0-9-]{1,80})\.([a-z0-9.-]{1,80})$/.exec(registry) ?? [];
  if (!isRegion(region)) return undefined;
  const single = dash === '.' ? partitions.find((partition) => partition.suffix === suffix) : undefined;
  if (single !== undefined) {
    // With FIPS there is no `api.` in the names that AWS documents.
    return privateApi(region, `${fips === '' ? 'api.ecr' : 'ecr-fips'}.${region}.${single.suffix}`);
  }
  const dual = partitions.find((partition) => partition.dualStackRegistry === suffix);
  return dual && privateApi(region, `ecr${fips}.${region}.${dual.dualStackSuffix}`);
}
