import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { staticKeychain } from '../credentials/static-keychain.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { createRegistry, type TestRegistry, type TestRegistryOptions } from '../testing.ts';
import type { RegistryClientOptions } from '../transport/client-options.ts';
import { collect } from './list-collect.test-support.ts';
import { RegistryClient } from './registry-client.ts';

function clientWith(options: RegistryClientOptions = {}): RegistryClient {
  return untilTestEnds(new RegistryClient({ retry: { sleep: () => Promise.resolve() }, ...options }));
}

async function registryOf(tags: readonly string[], options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const registry = untilTestEnds(await createRegistry(options));
  for (const tag of tags) await registry.push('team/app', tag);
  return registry;
}

describe('the tags of a repository', () => {
  it('come page by page, no faster than they are taken', async () => {
    const registry = await registryOf(['a', 'b', 'c', 'd', 'e']);
    const client = clientWith();
    const list = client.listTags(`${registry.host}/team/app`, { pageSize: 2 });
    expect(await collect(list)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(registry.requests.map(({ query }) => query)).toEqual(['?n=2', '?last=b&n=2', '?last=d&n=2']);
    for await (const tag of list) {
      expect(tag).toBe('a');
      break;
    }
    expect(registry.requests).toHaveLength(4);
  });

  it('are asked for in the number that ECR takes, and without a number where that is refused', async () => {
    const ecr = await registryOf(['a', 'b'], { maxPageSize: 1000 });
    expect(await collect(clientWith().listTags(`${ecr.host}/team/app`))).toEqual(['a', 'b']);
    expect(ecr.requests).toHaveLength(1);
    const small = await registryOf(['a', 'b', 'c'], { maxPageSize: 2 });
    expect(await collect(clientWith().listTags(`${small.host}/team/app`))).toEqual(['a', 'b', 'c']);
    expect(small.requests.map(({ status }) => status)).toEqual([405, 200, 200]);
  });

  it('are read with the right to pull', async () => {
    const registry = await registryOf(['a'], { auth: { type: 'bearer', username: 'u', password: 'p' } });
    const keychain = staticKeychain({ [registry.host]: { username: 'u', password: 'p' } });
    expect(await collect(clientWith({ keychain }).listTags(`${registry.host}/team/app`))).toEqual(['a']);
    const token = registry.requests.find(({ path }) => path === '/token');
    expect(token?.query).toContain(encodeURIComponent('repository:team/app:pull'));
    expect(await failureOf(collect(clientWith().listTags(`${registry.host}/team/app`)))).toMatchObject({
      code: 'UNAUTHORIZED',
    });
  });

  it('are an error where the repository is unknown, or the reference is none', async () => {
    const registry = await registryOf(['a']);
    const client = clientWith();
    expect(await failureOf(collect(client.listTags(`${registry.host}/other`)))).toMatchObject({ code: 'NAME_UNKNOWN' });
    expect(() => client.listTags('UPPER')).toThrow(/REFERENCE_INVALID/);
  });

  const links: [string, (host: string) => string, RegExp][] = [
    ['another origin', () => '<http://127.0.0.2/v2/team/app/tags/list>; rel="next"', /another origin/],
    ['another port', () => '<http://127.0.0.1:1/v2/>; rel="next"', /another origin/],
    ['a URL with a user', (host) => `<http://u:p@${host}/v2/team/app/tags/list>; rel="next"`, /another origin/],
    ['what is no URL', () => '<http://[>; rel="next"', /another origin/],
    ['itself', () => '<?n=1000>; rel="next"', /leads back/],
  ];
  it.each(links)('are an error where the next page leads to %s', async (_, link, message) => {
    const registry = await registryOf(['a']);
    registry.addFault({ on: 'list', fault: { kind: 'headers', headers: { link: link(registry.host) } } });
    const seen: string[] = [];
    const error = await failureOf(
      (async () => {
        for await (const tag of clientWith().listTags(`${registry.host}/team/app`)) seen.push(tag);
      })(),
    );
    expect(error).toMatchObject({ code: 'RESPONSE_INVALID', message: expect.stringMatching(message) });
    expect(error.message).not.toContain('u:p');
    expect(seen).toEqual(['a']);
    expect(registry.requests).toHaveLength(1);
  });

  it('follow an absolute link within the registry', async () => {
    const registry = await registryOf(['a']);
    const link = `<${registry.url}/v2/team/app/tags/list?last=a#x>; rel="next"`;
    registry.addFault({ on: 'list', times: 1, fault: { kind: 'headers', headers: { link } } });
    expect(await collect(clientWith().listTags(`${registry.host}/team/app`))).toEqual(['a']);
    expect(registry.requests).toHaveLength(2);
  });

  const bodies: [string, string, string][] = [
    ['is not JSON', '<html>', 'RESPONSE_INVALID'],
    ['has another shape', '{"tags":{"a":1}}', 'RESPONSE_INVALID'],
    ['has names that are no tags', '{"tags":["../../x"]}', 'RESPONSE_INVALID'],
  ];
  it.each(bodies)('are an error where a page %s', async (_, body, code) => {
    const registry = await registryOf(['a']);
    registry.addFault({ on: 'list', fault: { kind: 'status', status: 200, body } });
    expect(await failureOf(collect(clientWith().listTags(`${registry.host}/team/app`)))).toMatchObject({ code });
  });

  it('are none where the registry says null', async () => {
    const registry = await registryOf(['a']);
    registry.addFault({ on: 'list', fault: { kind: 'status', status: 200, body: '{"tags":null}' } });
    expect(await collect(clientWith().listTags(`${registry.host}/team/app`))).toEqual([]);
  });

  it('are an error where a page has no end', async () => {
    const registry = await registryOf(['a']);
    registry.addFault({ on: 'list', fault: { kind: 'oversize', bytes: 33 << 20, chunked: true } });
    const error = await failureOf(collect(clientWith().listTags(`${registry.host}/team/app`)));
    expect(error).toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
  });

  it.each([
    ['are empty', '[]', 101],
    ['have something each', '["a"]', 10_001],
  ])(
    'are an error where new pages come without end and %s',
    async (_, tags, most) => {
      let pages = 0;
      const server = createServer((_request, response) => {
        pages += 1;
        response.setHeader('link', `<?last=${pages}>; rel="next"`).end(`{"tags":${tags}}`);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      untilTestEnds({ [Symbol.asyncDispose]: async () => void server.close().closeAllConnections() });
      const { port } = server.address() as AddressInfo;
      const error = await failureOf(collect(clientWith().listTags(`127.0.0.1:${port}/team/app`)));
      expect(error).toMatchObject({ code: 'RESPONSE_INVALID', message: expect.stringContaining('no end') });
      expect(pages).toBe(most);
    },
    30_000,
  );

  it('stop with the reason of the signal', async () => {
    const registry = await registryOf(['a', 'b', 'c']);
    const abort = new AbortController();
    const reason = new Error('enough');
    const work = (async () => {
      const list = clientWith().listTags(`${registry.host}/team/app`, { pageSize: 1, signal: abort.signal });
      for await (const _ of list) abort.abort(reason);
    })();
    expect(await failureOf(work)).toBe(reason);
  });
});

describe('the repositories of a registry', () => {
  it('come page by page with the right to see the catalog', async () => {
    const registry = untilTestEnds(
      await createRegistry({ auth: { type: 'bearer', username: 'u', password: 'p' }, maxPageSize: 1 }),
    );
    for (const name of ['a', 'b/c', 'd']) await registry.push(name, '1');
    const keychain = staticKeychain({ [registry.host]: { username: 'u', password: 'p' } });
    const client = clientWith({ keychain });
    expect(await collect(client.listRepositories(registry.host, { pageSize: 1 }))).toEqual(['a', 'b/c', 'd']);
    const token = registry.requests.find(({ path }) => path === '/token');
    expect(token?.query).toContain(encodeURIComponent('registry:catalog:*'));
  });

  it('are unsupported where there is no catalog', async () => {
    const registry = await registryOf(['a']);
    registry.addFault({ fault: { kind: 'status', status: 404, body: 'not found' } });
    const error = await failureOf(collect(clientWith().listRepositories(registry.host)));
    expect(error).toMatchObject({ code: 'UNSUPPORTED', status: 404 });
    expect(() => clientWith().listRepositories('not a host')).toThrow(/REFERENCE_INVALID/);
  });

  it('are an error where one of them could not be named', async () => {
    const registry = await registryOf(['a']);
    registry.addFault({ fault: { kind: 'status', status: 200, body: '{"repositories":["a","../b"]}' } });
    expect(await failureOf(collect(clientWith().listRepositories(registry.host)))).toMatchObject({
      code: 'RESPONSE_INVALID',
    });
  });
});
