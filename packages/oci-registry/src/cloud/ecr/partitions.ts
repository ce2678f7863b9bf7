/** A separate AWS: its own accounts, regions and host names. */
export interface AwsPartition {
  /** As in ARNs. */
  readonly id: string;
  /** Its services are `SERVICE.REGION.` and this. */
  readonly suffix: string;
  /** The same for services reached by IPv6, too. */
  readonly dualStackSuffix: string;
  /** Registries with IPv6 end in this, where there are any. */
  readonly dualStackRegistry?: string;
  /** Region asked where none is named. */
  readonly defaultRegion: string;
}

/** Host names of the partitions, as the AWS SDKs have them. */
export const partitions: readonly AwsPartition[] = [
  {
    id: 'aws',
    suffix: 'amazonaws.com',
    dualStackSuffix: 'api.aws',
    dualStackRegistry: 'on.aws',
    defaultRegion: 'us-east-1',
  },
  {
    id: 'aws-us-gov',
    suffix: 'amazonaws.com',
    dualStackSuffix: 'api.aws',
    dualStackRegistry: 'on.aws',
    defaultRegion: 'us-gov-west-1',
  },
  {
    id: 'aws-cn',
    suffix: 'amazonaws.com.cn',
    dualStackSuffix: 'api.amazonwebservices.com.cn',
    dualStackRegistry: 'on.amazonwebservices.com.cn',
    defaultRegion: 'cn-north-1',
  },
  {
    id: 'aws-eusc',
    suffix: 'amazonaws.eu',
    dualStackSuffix: 'api.amazonwebservices.eu',
    defaultRegion: 'eusc-de-east-1',
  },
  { id: 'aws-iso', suffix: 'c2s.ic.gov', dualStackSuffix: 'api.aws.ic.gov', defaultRegion: 'us-iso-east-1' },
  { id: 'aws-iso-b', suffix: 'sc2s.sgov.gov', dualStackSuffix: 'api.aws.scloud', defaultRegion: 'us-isob-east-1' },
  {
    id: 'aws-iso-e',
    suffix: 'cloud.adc-e.uk',
    dualStackSuffix: 'api.cloud-aws.adc-e.uk',
    defaultRegion: 'eu-isoe-west-1',
  },
  {
    id: 'aws-iso-f',
    suffix: 'csp.hci.ic.gov',
    dualStackSuffix: 'api.aws.hci.ic.gov',
    defaultRegion: 'us-isof-south-1',
  },
];

/** Whether a text has the shape of a region, and so may become part of a host name. Regions are not listed: new ones come. */
export function isRegion(text: string): boolean {
  return /^[a-z]{2,8}(?:-[a-z0-9]{1,16}){2,4}$/.test(text);
}
