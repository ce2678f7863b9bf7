import { describe, expect, it } from 'vitest';
import { copyDestination } from './copy-destination.ts';
import { formatTagList } from './format-tag-list.ts';
import { createPullToken } from './pull-token.ts';
import { sensorImage } from './sensor-image.ts';

describe('formatTagList', () => {
  it('is the document that the pull script prints', () => {
    const image = sensorImage('falcon-imageanalyzer');
    expect(formatTagList('registry.crowdstrike.com', image, ['1.0.23', '1.0.24'])).toBe(`{
  "name": "falcon-imageanalyzer",
  "repository": "registry.crowdstrike.com/falcon-imageanalyzer/release/falcon-imageanalyzer",
  "tags": [
    "1.0.23",
    "1.0.24"
  ]
}
`);
  });

  it('is valid without a tag', () => {
    expect(JSON.parse(formatTagList('r.example', sensorImage('falcon-kac'), []))).toMatchObject({ tags: [] });
  });
});

describe('createPullToken', () => {
  it('has the bytes that the pull script makes', () => {
    const token = createPullToken('registry.crowdstrike.com', { username: 'fc-aa', password: 'pw' });
    expect(Buffer.from(token, 'base64').toString()).toBe(
      '{"auths": { "registry.crowdstrike.com": { "auth": "ZmMtYWE6cHc=" } } }',
    );
    expect(token).not.toMatch(/\s/);
  });
});

describe('copyDestination', () => {
  const parts = { target: 'Registry.example.com:5000/Security', name: 'fcs', tag: '1.0.24' };

  it.each([
    [{}, 'registry.example.com:5000/security/fcs:1.0.24'],
    [{ omitImageName: true }, 'registry.example.com:5000/security:1.0.24'],
    [{ customTag: 'Prod' }, 'registry.example.com:5000/security/fcs:Prod'],
    [{ omitImageName: true, customTag: 'v1' }, 'registry.example.com:5000/security:v1'],
    [{ target: 'registry.example.com/' }, 'registry.example.com/fcs:1.0.24'],
    [{ target: 'localhost/a/b' }, 'localhost/a/b/fcs:1.0.24'],
  ])('with %j is %s', (more, reference) => {
    expect(copyDestination({ ...parts, ...more })).toBe(reference);
  });

  it.each([
    { target: '' },
    { target: 'security' },
    { target: 'security/images' },
    { target: 'registry.example.com', omitImageName: true },
    { target: 'registry.example.com/security:1' },
    { target: 'registry.example.com/a//b' },
    { customTag: 'a/b' },
    { customTag: '' },
  ])('refuses %j', (more) => {
    expect(() => copyDestination({ ...parts, ...more })).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
  });
});
