import { describe, expect, it } from 'vitest';
import { falconClouds } from './falcon-clouds.ts';
import { cloudOfUrl, homeCloud, resolveCloud } from './resolve-cloud.ts';

describe('resolveCloud', () => {
  it.each([
    [
      'us-1',
      'https://api.crowdstrike.com',
      'https://container-upload.us-1.crowdstrike.com',
      'registry.crowdstrike.com',
    ],
    [
      'us-2',
      'https://api.us-2.crowdstrike.com',
      'https://container-upload.us-2.crowdstrike.com',
      'registry.crowdstrike.com',
    ],
    [
      'us-3',
      'https://api.us-3.crowdstrike.com',
      'https://container-upload.us-3.crowdstrike.com',
      'registry.crowdstrike.com',
    ],
    [
      'eu-1',
      'https://api.eu-1.crowdstrike.com',
      'https://container-upload.eu-1.crowdstrike.com',
      'registry.crowdstrike.com',
    ],
    [
      'us-gov-1',
      'https://api.laggar.gcw.crowdstrike.com',
      'https://container-upload.laggar.gcw.crowdstrike.com',
      'registry.laggar.gcw.crowdstrike.com',
    ],
    [
      'us-gov-2',
      'https://api.us-gov-2.crowdstrike.mil',
      'https://container-upload.us-gov-2.crowdstrike.mil',
      'registry.us-gov-2.crowdstrike.mil',
    ],
  ])('knows the hosts of %s', (name, apiUrl, uploadUrl, registry) => {
    const government = name.startsWith('us-gov-');
    expect(resolveCloud(name)).toEqual({ name, apiUrl, uploadUrl, registry, government });
  });

  it.each([
    ['US1', 'us-1'],
    ['us2', 'us-2'],
    ['Us-3', 'us-3'],
    ['eu1', 'eu-1'],
    ['usgov1', 'us-gov-1'],
    ['gov1', 'us-gov-1'],
    ['gov-1', 'us-gov-1'],
    ['GOV-2', 'us-gov-2'],
    ['us3', 'us-3'],
    ['US-GOV-2', 'us-gov-2'],
    ['gov2', 'us-gov-2'],
    [' eu-1\n', 'eu-1'],
  ])('reads %j as %s', (spelling, name) => {
    expect(resolveCloud(spelling).name).toBe(name);
  });

  it('starts autodiscovery at us-1', () => {
    expect(resolveCloud('autodiscover')).toEqual({ ...falconClouds['us-1'], name: 'autodiscover' });
  });

  it.each(['', '  ', 'ap-1', 'us', 'constructor', '__proto__'])('refuses %j and lists the names', (name) => {
    expect(() => resolveCloud(name)).toThrow(
      expect.objectContaining({
        code: 'CLOUD_UNKNOWN',
        message: expect.stringContaining('the names are us-1, us-2, us-3, eu-1, us-gov-1, us-gov-2, autodiscover'),
      }),
    );
  });

  it('says that no name was given rather than quoting nothing', () => {
    expect(() => resolveCloud('')).toThrow(/no name was given/);
  });
});

describe('cloudOfUrl', () => {
  it('knows a cloud by the origin of either host, and nothing else', () => {
    expect(cloudOfUrl('https://api.eu-1.crowdstrike.com/oauth2/token')?.name).toBe('eu-1');
    expect(cloudOfUrl('https://container-upload.us-2.crowdstrike.com')?.name).toBe('us-2');
    expect(cloudOfUrl('http://api.crowdstrike.com')).toBeUndefined();
    expect(cloudOfUrl('https://api.crowdstrike.com.evil.test')).toBeUndefined();
    expect(cloudOfUrl('no url')).toBeUndefined();
  });
});

describe('homeCloud', () => {
  it.each([
    ['https://api.crowdstrike.com', 'eu-1', 'eu-1'],
    ['https://container-upload.us-2.crowdstrike.com', 'US-3', 'us-3'],
    ['https://api.crowdstrike.com', 'us-gov-1', undefined],
    ['https://api.laggar.gcw.crowdstrike.com', 'us-1', undefined],
    ['https://proxy.example', 'us-2', undefined],
    ['https://api.crowdstrike.com', 'autodiscover', undefined],
    ['https://api.crowdstrike.com', '', undefined],
  ])('moves from %s, which named %j, to %s', (url, region, home) => {
    expect(homeCloud(url, region)?.name).toBe(home);
  });
});
