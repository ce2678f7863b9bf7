import { describe, expect, it } from 'vitest';
import { digestOf } from '../reference/digest.ts';
import { ask, codeOf } from './ask.test-support.ts';
import { createRegistry } from './create-registry.ts';
import type { TestRegistry, TestRegistryOptions } from './test-registry.ts';
import { untilTestEnds } from './until-test-ends.test-support.ts';

async function registryWithTags(tags: readonly string[], options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const registry = untilTestEnds(await createRegistry(options));
  for (const tag of tags) registry.pushManifest('team/app', tag, '{}', 'application/json');
  return registry;
}

interface Page {
  readonly tags: readonly string[];
  readonly next: string | undefined;
}

async function page(registry: TestRegistry, path: string): Promise<Page> {
  const { body, headers } = await ask(registry, `GET ${path}`);
  const { tags, repositories } = JSON.parse(body.toString()) as Record<string, string[] | undefined>;
  const link = /^<(.+)>; rel="next"$/.exec(String(headers.link ?? ''))?.[1];
  return { tags: tags ?? repositories ?? [], next: link };
}

async function pages(registry: TestRegistry, path: string): Promise<readonly (readonly string[])[]> {
  const { tags, next } = await page(registry, path);
  return next === undefined ? [tags] : [tags, ...(await pages(registry, next))];
}

describe('the list of tags', () => {
  it('is sorted, whole without n, and linked page by page with it', async () => {
    const registry = await registryWithTags(['b', 'c', 'a', 'B', 'e']);
    expect(await pages(registry, '/v2/team/app/tags/list')).toEqual([['B', 'a', 'b', 'c', 'e']]);
    expect(await pages(registry, '/v2/team/app/tags/list?n=2')).toEqual([['B', 'a'], ['b', 'c'], ['e']]);
  });

  it('sorts by letters where it is to, on every page', async () => {
    const registry = await registryWithTags(['b', 'C', 'a', 'B', 'e'], { listOrder: 'letters' });
    expect(await pages(registry, '/v2/team/app/tags/list?n=2')).toEqual([['a', 'B'], ['b', 'C'], ['e']]);
  });

  it('begins after last, whether it is there or not, and is empty for n=0', async () => {
    const registry = await registryWithTags(['a', 'c', 'e']);
    expect((await page(registry, '/v2/team/app/tags/list?last=a')).tags).toEqual(['c', 'e']);
    expect((await page(registry, '/v2/team/app/tags/list?last=d')).tags).toEqual(['e']);
    expect(await page(registry, '/v2/team/app/tags/list?n=1&last=c')).toEqual({ tags: ['e'], next: undefined });
    expect(await page(registry, '/v2/team/app/tags/list?n=0')).toEqual({ tags: [], next: undefined });
  });

  it.each(['n=', 'n=-1', 'n=x', 'n=1.5'])('refuses %s', async (query) => {
    const registry = await registryWithTags(['a']);
    expect((await ask(registry, `GET /v2/team/app/tags/list?${query}`)).status).toBe(400);
  });

  it('has pages of its own size, and refuses larger ones', async () => {
    const registry = await registryWithTags(['a', 'b', 'c'], { maxPageSize: 2 });
    expect(await pages(registry, '/v2/team/app/tags/list')).toEqual([['a', 'b'], ['c']]);
    expect((await ask(registry, 'GET /v2/team/app/tags/list?n=3')).status).toBe(405);
  });

  it('is not there for a repository that is not', async () => {
    const registry = await registryWithTags(['a']);
    expect(codeOf(await ask(registry, 'GET /v2/team/other/tags/list'))).toBe('NAME_UNKNOWN');
  });
});

describe('the catalog', () => {
  it('lists repositories in pages', async () => {
    const registry = await registryWithTags(['a']);
    registry.pushBlob('a', Buffer.from('x'));
    registry.pushBlob('z', Buffer.from('x'));
    expect(await pages(registry, '/v2/_catalog?n=2')).toEqual([['a', 'team/app'], ['z']]);
  });
});

describe('the list of referrers', () => {
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const subject = digestOf(Buffer.from('subject'));

  function refer(registry: TestRegistry, fields: Readonly<Record<string, unknown>>): string {
    const document = { schemaVersion: 2, mediaType, subject: { digest: subject }, ...fields };
    return registry.pushManifest('team/app', undefined, JSON.stringify(document), mediaType);
  }

  interface Listed {
    readonly manifests: readonly { readonly digest: string }[];
  }

  it('is an index of all that have the subject, by artifactType or else by the type of the config', async () => {
    const registry = await registryWithTags(['a']);
    const annotations = { made: 'today' };
    const first = refer(registry, { artifactType: 'a/sbom', annotations });
    const second = refer(registry, { artifactType: '', config: { mediaType: 'a/config' } });
    const third = refer(registry, { manifests: [] });
    refer(registry, { subject: { digest: digestOf(Buffer.from('another')) } });
    const { status, headers, body } = await ask(registry, `GET /v2/team/app/referrers/${subject}`);
    const type = 'application/vnd.oci.image.index.v1+json';
    expect([status, headers['content-type'], headers['oci-filters-applied']]).toEqual([200, type, undefined]);
    const size = expect.any(Number);
    const document = JSON.parse(body.toString()) as Listed;
    expect(document).toMatchObject({ schemaVersion: 2, mediaType: type });
    const wanted = [
      { mediaType, digest: first, size, artifactType: 'a/sbom', annotations },
      { mediaType, digest: second, size, artifactType: 'a/config' },
      { mediaType, digest: third, size },
    ];
    expect([...document.manifests]).toEqual(wanted.sort((a, b) => (a.digest < b.digest ? -1 : 1)));
  });

  it('is filtered by artifactType, and says so', async () => {
    const registry = await registryWithTags(['a']);
    const sbom = refer(registry, { artifactType: 'a/sbom+json' });
    refer(registry, { artifactType: 'a/other' });
    const query = new URLSearchParams({ artifactType: 'a/sbom+json' });
    const { headers, body } = await ask(registry, `GET /v2/team/app/referrers/${subject}?${query}`);
    expect(headers['oci-filters-applied']).toBe('artifactType');
    expect((JSON.parse(body.toString()) as Listed).manifests.map(({ digest }) => digest)).toEqual([sbom]);
  });

  it('is empty for what nobody refers to, even in a repository that is not there', async () => {
    const registry = await registryWithTags(['a']);
    for (const name of ['team/app', 'team/other']) {
      const { status, body } = await ask(registry, `GET /v2/${name}/referrers/${subject}`);
      expect([status, (JSON.parse(body.toString()) as Listed).manifests]).toEqual([200, []]);
    }
    expect((await ask(registry, 'GET /v2/team/app/referrers/sha256:1')).status).toBe(400);
  });

  it('comes in pages that keep the filter', async () => {
    const registry = await registryWithTags([], { maxPageSize: 2 });
    const digests = [1, 2, 3].map((n) => refer(registry, { artifactType: 'a/b', annotations: { n: String(n) } }));
    refer(registry, { artifactType: 'a/other' });
    const seen: string[] = [];
    let path: string | undefined = `/v2/team/app/referrers/${subject}?artifactType=a/b`;
    for (; path !== undefined; ) {
      const { headers, body } = await ask(registry, `GET ${path}`);
      seen.push(...(JSON.parse(body.toString()) as Listed).manifests.map(({ digest }) => digest));
      path = /^<(.+)>; rel="next"$/.exec(String(headers.link ?? ''))?.[1];
    }
    expect(seen).toEqual(digests.sort());
  });

  it('is not there where the registry has none', async () => {
    const registry = await registryWithTags(['a'], { referrers: false });
    expect((await ask(registry, `GET /v2/team/app/referrers/${subject}`)).status).toBe(404);
  });
});
