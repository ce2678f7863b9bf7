import { anonymousKeychain, type Keychain, RegistryClient, RegistryError } from '@falcon-iar/oci-registry';
import { createRegistry, type PushedImage, type TestRegistry } from '@falcon-iar/oci-registry/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImageMovedError } from './image-moved-error.ts';
import { type ImageRegistry, openFromRegistry, type RunningName, registryNames } from './open-from-registry.ts';

const [a, b] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`];
const options = {
  platform: { os: 'linux', architecture: 'amd64' },
  keychain: anonymousKeychain(),
  signal: new AbortController().signal,
};

describe('registryNames', () => {
  const names = (running: Partial<RunningName>) =>
    registryNames({ reference: 'shop/app:1', digestOf: 'manifest', repoDigests: [], ...running });

  it('asks for the digest where the workload says, then under the names that the runtime has', () => {
    expect(names({ digest: a, repoDigests: [`mirror.example/app@${a}`] })).toEqual([
      ...[`docker.io/shop/app@${a}`, `mirror.example/app@${a}`],
    ]);
  });

  it('asks for each name once', () => {
    expect(names({ digest: a, repoDigests: [`docker.io/shop/app@${a}`] })).toEqual([`docker.io/shop/app@${a}`]);
  });

  it('asks for a tag only where no digest leads to the image', () => {
    expect(names({ digestOf: 'config', digest: b })).toEqual(['shop/app:1']);
    expect(names({ digestOf: 'config', digest: b, repoDigests: [`r.example/app@${a}`] })).toEqual([
      `r.example/app@${a}`,
    ]);
    expect(names({ digestOf: 'unknown' })).toEqual(['shop/app:1']);
  });

  it.each([`sha256:${'c'.repeat(64)}`, 'c'.repeat(64), 'No/Name'])(
    'has the names of the runtime alone for %s',
    (reference) => {
      expect(names({ reference, digest: a, repoDigests: [`r.example/app@${a}`] })).toEqual([`r.example/app@${a}`]);
    },
  );

  it('has none where the runtime only knows an id', () => {
    expect(names({ reference: `sha256:${'c'.repeat(64)}`, digestOf: 'config', digest: b })).toEqual([]);
  });
});

describe('openFromRegistry', () => {
  let registry: TestRegistry;
  let client: RegistryClient;
  let image: PushedImage;
  beforeEach(async () => {
    registry = await createRegistry();
    client = new RegistryClient();
    image = await registry.push('shop/app', '1');
  });
  afterEach(async () => {
    await client.close();
    await registry.close();
  });
  const running = (part: Partial<RunningName> = {}): RunningName => ({
    ...{ reference: image.reference, digest: image.digest, digestOf: 'manifest', repoDigests: [] },
    ...part,
  });

  it('opens what runs although the tag means another image by now', async () => {
    await registry.push('shop/app', '1', { layers: [{ entries: [{ path: 'etc/new' }] }] });
    const { digest } = await openFromRegistry(client, running(), options);
    expect(digest).toBe(image.digest);
  });

  it('opens by its tag what is only known by its config, as long as the tag has not moved', async () => {
    const { config } = image.images[0]!;
    const known = running({ digestOf: 'config', digest: config.digest });
    expect((await openFromRegistry(client, known, options)).digest).toBe(image.digest);
    await registry.push('shop/app', '1', { layers: [{ entries: [{ path: 'etc/new' }] }] });
    const failure: unknown = await openFromRegistry(client, known, options).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ImageMovedError);
    expect(failure).toMatchObject({ code: 'IMAGE_MOVED', message: expect.stringContaining(config.digest) });
  });

  it('looks under the next name where the first is not known or not allowed', async () => {
    const mirrored = await registry.push('mirror/app', '1');
    const names = running({ repoDigests: [`${registry.host}/mirror/app@${mirrored.digest}`] });
    const gone = { ...names, reference: `${registry.host}/gone/app:1` };
    expect((await openFromRegistry(client, gone, options)).reference).toContain('/mirror/app@');
    registry.addFault({ on: 'manifest', times: 1, fault: { kind: 'status', status: 403 } });
    expect((await openFromRegistry(client, names, options)).reference).toContain('/mirror/app@');
  });

  it('says of all names what was wrong with the first', async () => {
    const names = running({
      reference: `${registry.host}/gone/app:1`,
      repoDigests: [`${registry.host}/shop/app@${b}`],
    });
    await expect(openFromRegistry(client, names, options)).rejects.toMatchObject({ code: 'NAME_UNKNOWN' });
  });

  it('asks nobody for an image that has no name', async () => {
    const id = running({ reference: `sha256:${'c'.repeat(64)}`, digestOf: 'config', digest: b });
    await expect(openFromRegistry(client, id, options)).rejects.toMatchObject({
      ...{ code: 'REFERENCE_INVALID', hint: expect.stringContaining('by the name') },
    });
    expect(registry.requests).toEqual([]);
  });

  it('does not look elsewhere when the registry itself fails', async () => {
    const asked: string[] = [];
    const failing: ImageRegistry = {
      async resolve(name) {
        asked.push(name);
        throw new RegistryError('NETWORK', 'no route');
      },
    };
    const names = running({ repoDigests: [`mirror.example/app@${a}`] });
    await expect(openFromRegistry(failing, names, options)).rejects.toThrow('NETWORK');
    expect(asked).toHaveLength(1);
  });

  it('hands the keychain, the platform and the signal on', async () => {
    const keychain: Keychain = { resolve: async () => undefined };
    const handed: object[] = [];
    const noting: ImageRegistry = {
      resolve(name, given) {
        handed.push(given);
        return client.resolve(name, given);
      },
    };
    await openFromRegistry(noting, running(), { ...options, keychain });
    expect(handed).toEqual([{ ...options, keychain }]);
  });
});
