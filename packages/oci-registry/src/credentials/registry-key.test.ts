import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalRegistryKey, coveringKeys } from './registry-key.ts';

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
const port = fc.option(fc.integer({ min: 1, max: 65535 }), { nil: undefined });
const host = fc
  .tuple(fc.array(label, { minLength: 1, maxLength: 4 }), port)
  .map(([labels, number]) => labels.join('.') + (number === undefined ? '' : `:${number}`));
// "v1" and "v2" as the first component are the API's own.
const path = fc.array(
  label.filter((part) => !/^v[12]$/.test(part)),
  { maxLength: 4 },
);

describe('canonicalRegistryKey', () => {
  it.each(['docker.io', 'index.docker.io', 'https://index.docker.io/v1/', 'registry-1.docker.io', 'HTTPS://Docker.IO'])(
    'takes %s for Docker Hub',
    (key) => expect(canonicalRegistryKey(key)).toBe('docker.io'),
  );

  it('reads every spelling of a key as the same', () => {
    fc.assert(
      fc.property(
        host,
        path,
        fc.constantFrom('', 'http://', 'https://'),
        fc.boolean(),
        (name, parts, scheme, slash) => {
          const plain = [name, ...parts].join('/');
          const key = canonicalRegistryKey(plain);
          expect(canonicalRegistryKey(`${scheme}${plain}${slash ? '/' : ''}`)).toBe(key);
          expect(canonicalRegistryKey(`${scheme}${name.toUpperCase()}/v2/${parts.join('/')}`)).toBe(key);
        },
      ),
    );
  });

  it('leaves what is canonical as it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), host), (text) => {
        const key = canonicalRegistryKey(text);
        fc.pre(key !== undefined && !/\/(?:v[12](?:\/|$)|.*\/$)/.test(key));
        expect(canonicalRegistryKey(key)).toBe(key);
      }),
    );
  });
});

describe('coveringKeys', () => {
  it('names the repository, then what is around it, the host last', () => {
    expect(coveringKeys({ registry: 'r.example', repository: 'a/b' })).toEqual([
      'r.example/a/b',
      'r.example/a',
      'r.example',
    ]);
    expect(coveringKeys({ registry: 'registry-1.docker.io', repository: 'a' })).toEqual(['docker.io/a', 'docker.io']);
  });

  it('covers a repository by the keys of its own host alone', () => {
    fc.assert(
      fc.property(host, host, path, (own, other, parts) => {
        fc.pre(canonicalRegistryKey(own) !== canonicalRegistryKey(other));
        const keys = coveringKeys({ registry: own, repository: ['app', ...parts].join('/') });
        expect(keys).toContain(canonicalRegistryKey(own));
        expect(keys).not.toContain(canonicalRegistryKey(other));
      }),
    );
  });
});
