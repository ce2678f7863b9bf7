import { describe, expect, it } from 'vitest';
import { falconRegion } from './falcon-region.ts';

describe('falconRegion', () => {
  // The pattern of the public chart's schema, and the spellings of its pull secret.
  it.each([
    ...['us-1', 'us-2', 'eu-1', 'us-gov-1', 'us-gov-2'].map((name) => [name, name]),
    ['gov-1', 'us-gov-1'],
    ['gov1', 'us-gov-1'],
    ['gov-2', 'us-gov-2'],
    ['gov2', 'us-gov-2'],
    ['usgov1', 'us-gov-1'],
    ['us-gov1', 'us-gov-1'],
    ['auto', 'autodiscover'],
    ['autodiscovery', 'autodiscover'],
    ['AutoDiscover', 'autodiscover'],
  ])('reads %s as %s', (given, name) => {
    expect(falconRegion.parse(given)).toBe(name);
  });

  it('lists the names where it knows none', () => {
    expect(falconRegion.safeParse('ap-1').error?.issues[0]?.message).toMatch(
      /^is no Falcon cloud; .*us-1.*autodiscover$/,
    );
  });
});
