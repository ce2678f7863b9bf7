import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RegistryError } from '../error.ts';
import { pullSecretKeychain } from './pull-secret-keychain.ts';
import { pullSecretOf } from './pull-secret-of.ts';

const base64 = (content: string | Uint8Array): string => Buffer.from(content).toString('base64');

function secret(type: string, data: unknown): unknown {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login', namespace: 'shop', uid: '1' }, type, data };
}

describe('pullSecretOf', () => {
  it.each([
    ['kubernetes.io/dockerconfigjson', '.dockerconfigjson', 'config.json', '{"auths":{"r.example":{"auth":"dTpw"}}}'],
    ['kubernetes.io/dockercfg', '.dockercfg', '.dockercfg', '{"r.example":{"auth":"dTpw"}}'],
  ])('understands %s', async (type, key, format, text) => {
    const found = pullSecretOf(secret(type, { [key]: base64(text), other: 'AAAA' }));
    expect(found).toEqual({ namespace: 'shop', name: 'login', format, dockerConfig: text });
    const keychain = pullSecretKeychain(found === undefined ? [] : [found]);
    expect(await keychain.resolve({ registry: 'r.example', repository: 'app' })).toMatchObject([
      { username: 'u', password: 'p', source: 'pull secret shop/login' },
    ]);
  });

  it.each(['Opaque', 'kubernetes.io/tls', 'constructor', ''])('takes a Secret of type %j for none', (type) => {
    expect(pullSecretOf(secret(type, { '.dockerconfigjson': base64('{}') }))).toBeUndefined();
  });

  it('does not go by the key where the type is not said', () => {
    const { type: _, ...untyped } = secret('', { '.dockerconfigjson': base64('{}') }) as Record<string, unknown>;
    expect(pullSecretOf(untyped)).toBeUndefined();
  });

  it.each([
    ['without data', undefined, /its data is missing, or not text/],
    ['with the key of the other type', { '.dockercfg': base64('{}') }, /its data is missing, or not text/],
    ['with something else than text', { '.dockerconfigjson': 42 }, /its data is missing, or not text/],
    ['that is not base64', { '.dockerconfigjson': '{"auths":"hunter2"}' }, /its data is not base64/],
    ['that is cut off', { '.dockerconfigjson': 'aHVudGVyM' }, /its data is not base64/],
    ['that is not UTF-8', { '.dockerconfigjson': base64(Uint8Array.of(0xff, 0xfe)) }, /its data is not UTF-8/],
    ['that is too large', { '.dockerconfigjson': 'AAAA'.repeat(400_000) }, /it is larger than 1048576 bytes/],
  ])('refuses one %s, and quotes nothing of it', (_, data, reason) => {
    const read = (): unknown => pullSecretOf(secret('kubernetes.io/dockerconfigjson', data));
    expect(read).toThrow(reason);
    expect(read).toThrow(expect.objectContaining({ code: 'CREDENTIALS_INVALID' }));
    expect(read).toThrow(/pull secret shop\/login/);
    expect(read).not.toThrow(/hunter2|aHVudGVy/);
  });

  it('fails with nothing but its own error, whatever it is handed', () => {
    const metadata = fc.oneof(fc.anything(), fc.constant({ name: 'a', namespace: 'b' }));
    const data = fc.oneof(
      fc.anything(),
      fc.record({ '.dockercfg': fc.anything() }),
      fc.record({ '.dockercfg': fc.string() }),
    );
    const object = fc.record({ type: fc.constant('kubernetes.io/dockercfg'), metadata, data });
    fc.assert(
      fc.property(fc.oneof(fc.anything(), object), (value) => {
        try {
          pullSecretOf(value);
        } catch (error) {
          expect(error).toBeInstanceOf(RegistryError);
        }
      }),
    );
  });
});
