import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitReference } from './split-reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('splitReference', () => {
  it.each([
    ['ghcr.io/acme/shop:1.2', { Registry: 'ghcr.io', Repository: 'acme/shop', Tag: '1.2' }],
    ['ghcr.io/acme/shop', { Registry: 'ghcr.io', Repository: 'acme/shop', Tag: 'latest' }],
    [`ghcr.io/acme/shop@${digest}`, { Registry: 'ghcr.io', Repository: 'acme/shop' }],
    [`ghcr.io/acme/shop:1.2@${digest}`, { Registry: 'ghcr.io', Repository: 'acme/shop', Tag: '1.2' }],
    ['localhost/shop:1', { Registry: 'localhost', Repository: 'shop', Tag: '1' }],
    ['localhost:5000/shop', { Registry: 'localhost:5000', Repository: 'shop', Tag: 'latest' }],
    ['[::1]:5000/a/b/c:x', { Registry: '[::1]:5000', Repository: 'a/b/c', Tag: 'x' }],
    ['shop', { Registry: 'index.docker.io', Repository: 'shop', Tag: 'latest' }],
    ['acme/shop:1.2', { Registry: 'index.docker.io', Repository: 'acme/shop', Tag: '1.2' }],
    ['docker.io/library/nginx:1.27', { Registry: 'docker.io', Repository: 'library/nginx', Tag: '1.27' }],
  ])('splits %s', (reference, parts) => {
    expect(splitReference(reference)).toEqual(parts);
  });

  it.each(['docker-archive:/tmp/shop.tar', 'rootfs:/srv', '/tmp/shop.tar', 'Shop', 'shop:', '', 'ghcr.io/'])(
    'leaves %j whole, for it is no reference to a registry',
    (reference) => {
      expect(splitReference(reference)).toEqual({ Repository: reference });
    },
  );

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(typeof splitReference(text).Repository).toBe('string');
      }),
    );
  });
});
