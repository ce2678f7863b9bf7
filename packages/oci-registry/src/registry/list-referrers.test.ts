import { describe, expect, it } from 'vitest';
import { ociConfigType, ociIndexType, ociManifestType } from '../image/media-types.ts';
import { digestOf } from '../reference/digest.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { createRegistry, type TestRegistry } from '../testing.ts';
import { collect } from './list-collect.test-support.ts';
import { referrersTag } from './list-referrers.ts';
import { RegistryClient } from './registry-client.ts';

const client = (): RegistryClient => untilTestEnds(new RegistryClient({ retry: { sleep: () => Promise.resolve() } }));

async function attach(registry: TestRegistry, subject: object, artifactType: string, tag?: string): Promise<string> {
  const empty = Buffer.from('{}');
  const config = { mediaType: ociConfigType, digest: registry.pushBlob('app', empty), size: empty.length };
  const manifest = { schemaVersion: 2, mediaType: ociManifestType, artifactType, config, layers: [], subject };
  return registry.pushManifest('app', tag, JSON.stringify(manifest), ociManifestType);
}

async function signedImage(referrers: boolean) {
  const registry = untilTestEnds(await createRegistry({ referrers }));
  const { root, reference } = await registry.push('app', '1');
  const { mediaType, digest, size } = root;
  const subject = { mediaType, digest, size };
  const signature = await attach(registry, subject, 'application/signature');
  const sbom = await attach(registry, subject, 'application/sbom');
  return { registry, reference, digest, signature, sbom };
}

const digestsOf = async (list: AsyncIterable<{ digest: string }>): Promise<string[]> =>
  (await collect(list)).map(({ digest }) => digest);

describe('what refers to an image', () => {
  it('is told by the registry, of one type where one is wanted', async () => {
    const { registry, reference, digest, signature, sbom } = await signedImage(true);
    expect((await digestsOf(client().listReferrers(reference))).toSorted()).toEqual([signature, sbom].toSorted());
    const wanted = { artifactType: 'application/sbom' };
    expect(await digestsOf(client().listReferrers(`${registry.host}/app@${digest}`, wanted))).toEqual([sbom]);
    expect(registry.requests.at(-1)?.query).toBe('?artifactType=application%2Fsbom');
  });

  it('is filtered here where the registry does not', async () => {
    const { registry, reference, sbom } = await signedImage(true);
    registry.addFault({ on: 'list', fault: { kind: 'headers', headers: { 'oci-filters-applied': 'other' } } });
    expect(await digestsOf(client().listReferrers(reference, { artifactType: 'application/sbom' }))).toEqual([sbom]);
  });

  it('is looked up by tag where the registry has no such list', async () => {
    const { registry, reference, digest } = await signedImage(false);
    expect(await digestsOf(client().listReferrers(reference))).toEqual([]);
    const entry = (artifactType: string) => ({
      mediaType: ociManifestType,
      digest: digestOf(Buffer.from(artifactType)),
      size: 1,
      artifactType,
    });
    const manifests = [entry('a'), entry('b')];
    const index = JSON.stringify({ schemaVersion: 2, mediaType: ociIndexType, manifests });
    registry.pushManifest('app', referrersTag(digest), index, ociIndexType);
    expect(await digestsOf(client().listReferrers(reference))).toEqual(manifests.map((one) => one.digest));
    expect(await digestsOf(client().listReferrers(reference, { artifactType: 'b' }))).toEqual([manifests[1]?.digest]);
  });

  it('is nothing for a digest that does not exist', async () => {
    const { registry } = await signedImage(false);
    const digest = digestOf(Buffer.from('nothing'));
    expect(await digestsOf(client().listReferrers(`${registry.host}/app@${digest}`))).toEqual([]);
  });

  it('is an error where the list is something else, or cannot be had', async () => {
    const { registry, reference, digest } = await signedImage(false);
    await attach(registry, {}, 'x', referrersTag(digest));
    expect(await failureOf(digestsOf(client().listReferrers(reference)))).toMatchObject({ code: 'MANIFEST_INVALID' });
    const other = await signedImage(true);
    other.registry.addFault({ on: 'list', fault: { kind: 'status', status: 403 } });
    expect(await failureOf(digestsOf(client().listReferrers(other.reference)))).toMatchObject({ code: 'DENIED' });
    other.registry.clearFaults();
    const manifest = JSON.stringify({ schemaVersion: 2, config: {}, layers: [] });
    other.registry.addFault({ on: 'list', fault: { kind: 'status', status: 200, body: manifest } });
    const error = await failureOf(digestsOf(client().listReferrers(other.reference)));
    expect(error.code).toMatch(/^(?:RESPONSE|MANIFEST)_INVALID$/);
  });

  it('has the tag that distribution-spec gives it', () => {
    expect(referrersTag(`sha256:${'a'.repeat(64)}`)).toBe(`sha256-${'a'.repeat(64)}`);
    expect(referrersTag(`sha512:${'a'.repeat(128)}`)).toBe(`sha512-${'a'.repeat(64)}`);
    expect(() => referrersTag('sha256:../x')).toThrow(/DIGEST_INVALID/);
  });
});
