import { describe, expect, it } from 'vitest';
import { ecrApiOf } from './ecr-host.ts';

describe('ecrApiOf', () => {
  it.each([
    ['123456789012.dkr.ecr.us-west-2.amazonaws.com', 'api.ecr.us-west-2.amazonaws.com', 'us-west-2'],
    ['123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'ecr-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
    ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'api.ecr.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
    ['123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu', 'api.ecr.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1'],
    ['123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov', 'api.ecr.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1'],
    ['123456789012.dkr.ecr.us-isob-east-1.sc2s.sgov.gov', 'api.ecr.us-isob-east-1.sc2s.sgov.gov', 'us-isob-east-1'],
    ['123456789012.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk', 'api.ecr.eu-isoe-west-1.cloud.adc-e.uk', 'eu-isoe-west-1'],
    [
      '123456789012.dkr.ecr.us-isof-south-1.csp.hci.ic.gov',
      'api.ecr.us-isof-south-1.csp.hci.ic.gov',
      'us-isof-south-1',
    ],
    ['123456789012.dkr-ecr.us-west-2.on.aws', 'ecr.us-west-2.api.aws', 'us-west-2'],
    ['123456789012.dkr-ecr-fips.us-gov-east-1.on.aws', 'ecr-fips.us-gov-east-1.api.aws', 'us-gov-east-1'],
    [
      '123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn',
      'ecr.cn-north-1.api.amazonwebservices.com.cn',
      'cn-north-1',
    ],
  ])('%s is asked for at %s', (registry, host, region) => {
    expect(ecrApiOf(registry)).toMatchObject({ host, region, service: 'ecr', isPublic: false });
  });

  it.each([
    ['public.ecr.aws', 'api.ecr-public.us-east-1.amazonaws.com'],
    ['ecr-public.aws.com', 'ecr-public.us-east-1.api.aws'],
  ])('%s is asked for at %s', (registry, host) => {
    expect(ecrApiOf(registry)).toMatchObject({ host, region: 'us-east-1', service: 'ecr-public', isPublic: true });
  });

  it.each([
    'docker.io',
    'amazonaws.com',
    'constructor',
    '.dkr.ecr.us-west-2.amazonaws.com',
    '12345678901.dkr.ecr.us-west-2.amazonaws.com',
    'x123456789012.dkr.ecr.us-west-2.amazonaws.com',
    'evil.example/123456789012.dkr.ecr.us-west-2.amazonaws.com',
    '123456789012.dkr.ecr.us-west-2.amazonaws.com:443',
    '123456789012.dkr.ecr.us-west-2.amazonaws.com.evil.example',
    '123456789012.dkr.ecr.us-west-2.amazonaws.com.cn.evil.example',
    '123456789012.dkr.ecr.us-west-2.amazonawsXcom',
    '123456789012.dkr.ecr.us-west-2.evil.example',
    '123456789012.dkr.ecr.us.west-2.amazonaws.com',
    '123456789012.dkr.ecr..amazonaws.com',
    '123456789012.dkr.ecr.evil.amazonaws.com',
    '123456789012.dkr-ecr.us-west-2.amazonaws.com',
    '123456789012.dkr-ecr.cn-north-1.on.aws.com.cn',
    '123456789012.dkrxecr.us-west-2.amazonaws.com',
    '123456789012.dkr.ecr.us-west-2.undefined',
    'public.ecr.aws:443',
    'public.ecr.aws.evil.example',
    'xpublic.ecr.aws',
  ])('%s is none', (registry) => {
    expect(ecrApiOf(registry)).toBeUndefined();
  });
});
