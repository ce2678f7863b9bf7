import { describe, expect, it } from 'vitest';
import { collect, deskOver, route } from './read-desk.test-support.ts';
import { createReadSide } from './read-side.ts';
import { readSideOver, shopImage } from './stored-images.test-support.ts';

describe('base images', () => {
  it('are created, listed and deleted', async () => {
    const { read, calls } = readSideOver([]);
    const [made] = await read.baseImages.create([{ registry: 'docker.io', repository: 'library/debian', tag: '12' }]);
    expect(await collect(read.baseImages.list({ filter: "tag:'12'" }))).toEqual([made]);
    await read.baseImages.delete([made?.uuid ?? '']);
    expect(await collect(read.baseImages.list())).toEqual([]);
    expect(calls.some((call) => call.startsWith('DELETE') && call.endsWith(`ids=${made?.uuid}`))).toBe(true);
  });

  it.each([[[]], [[{}]]])('refuses to create %j', async (images) => {
    const { read, calls } = readSideOver([]);
    await expect(read.baseImages.create(images)).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
    expect(calls).toEqual([]);
  });

  it.each([[[]], [['']], [['a,b']], [Array.from({ length: 101 }, () => 'a')]])('refuses to delete %j', async (ids) => {
    const { read, calls } = readSideOver([]);
    await expect(read.baseImages.delete(ids)).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
    expect(calls).toEqual([]);
  });

  it('take an answer without a body for a deletion that was done', async () => {
    const path = '/container-security/entities/base-images/v1';
    const { desk } = deskOver([route(path, () => ({ status: 200 }), 'DELETE')]);
    await expect(createReadSide(desk).baseImages.delete(['a'])).resolves.toBeUndefined();
  });
});

describe('registries', () => {
  const docker = {
    type: 'dockerhub',
    url: 'https://registry-1.docker.io',
    credential: { details: { username: 'bot', password: 'correct horse' } },
  };

  it('are connected, changed, read and disconnected', async () => {
    const { read } = readSideOver([]);
    const made = await read.registries.create(docker);
    expect(made).toMatchObject({ type: 'dockerhub', refresh_interval: 86_400, credential: { expired: false } });
    expect(await read.registries.update(made.id, { state: 'pause', user_defined_alias: 'hub' })).toMatchObject({
      ...{ id: made.id, state: 'paused', user_defined_alias: 'hub' },
    });
    expect(await collect(read.registries.ids())).toEqual([made.id]);
    expect(await read.registries.get([made.id])).toMatchObject([{ user_defined_alias: 'hub' }]);
    await read.registries.delete([made.id]);
    await expect(read.registries.get([made.id])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(read.registries.update(made.id, {})).rejects.toThrow('the cloud knows no registry with this id');
  });

  it('are looked up 100 at a time', async () => {
    const { read, calls } = readSideOver([]);
    for (let index = 0; index < 205; index += 1) {
      await read.registries.create({ ...docker, url_uniqueness_key: String(index) });
    }
    expect(await collect(read.registries.list())).toHaveLength(205);
    const lookUps = calls.filter((call) => call.startsWith('GET /container-security/entities/registries/v1?ids='));
    expect(lookUps.map((call) => call.split(',').length)).toEqual([100, 100, 5]);
  });

  it('are not connected twice', async () => {
    const { read } = readSideOver([]);
    await read.registries.create(docker);
    await expect(read.registries.create(docker)).rejects.toMatchObject({ code: 'REQUEST_REJECTED', status: 409 });
  });

  it.each([400, 200])('whose credential the cloud repeats in an error with status %d stay unnamed', async (status) => {
    const message = 'cannot log in with bot and correct horse';
    const answer = () => ({ status, json: { meta: {}, errors: [{ code: 400, message }], resources: null } });
    const { desk } = deskOver([route('/container-security/entities/registries/v1', answer, 'POST')]);
    const error = await createReadSide(desk)
      .registries.create(docker)
      .catch((reason: unknown) => String(reason));
    expect(error).toContain('cannot log in');
    expect(error).not.toContain('horse');
  });
});

describe('exports', () => {
  const request = { resource: 'images.vulnerabilities', format: 'csv' } as const;

  async function finished(format: 'csv' | 'json') {
    const { read } = readSideOver([shopImage()]);
    const id = await read.exports.launch({ ...request, format, fql: "severity:'low'" });
    const states = [await read.exports.status([id]), await read.exports.status([id])].flat();
    return { read, id, states };
  }

  it('are launched, watched and downloaded', async () => {
    const { read, id, states } = await finished('json');
    expect(states.map(({ status }) => status)).toEqual(['IN_PROGRESS', 'DONE']);
    expect(await read.exports.ids({ filter: "status:'DONE'" })).toEqual([id]);
    expect(await read.exports.ids({ filter: "status:'FAILED'" })).toEqual([]);
    const file = Buffer.concat(await collect(read.exports.download(id))).toString();
    expect(JSON.parse(file)).toMatchObject([{ cve_id: 'CVE-2026-0002' }]);
  });

  it('come as CSV', async () => {
    const { read, id } = await finished('csv');
    const lines = Buffer.concat(await collect(read.exports.download(id)))
      .toString()
      .trim()
      .split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('cve_id');
  });

  it('have no file before they are done', async () => {
    const { read } = readSideOver([]);
    const id = await read.exports.launch(request);
    await expect(collect(read.exports.download(id))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('run one at a time for a resource; the refusal names no time to come back', async () => {
    const { read } = readSideOver([]);
    await read.exports.launch(request);
    const refusal = await read.exports.launch(request).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
    expect(refusal).not.toHaveProperty('retryAfter');
    await expect(read.exports.launch({ resource: 'images.packages', format: 'csv' })).resolves.toEqual(
      expect.any(String),
    );
  });

  it('ask for nothing before the first byte is wanted', () => {
    const { read, calls } = readSideOver([]);
    read.exports.download('a');
    expect(calls).toEqual([]);
  });
});

describe('policies', () => {
  it('are made, changed, put in order and deleted', async () => {
    const { read } = readSideOver([]);
    const made = await read.policies.create({ name: 'strict' });
    const change = {
      name: 'strict',
      description: 'x',
      is_enabled: true,
      policy_data: { rules: [{ action: 'block' }] },
    };
    expect(await read.policies.update(made.policy_id, change)).toMatchObject({ is_enabled: true, precedence: 1 });
    const ordered = await read.policies.setPrecedence([made.policy_id, 'default']);
    expect(ordered.map(({ policy_id }) => policy_id)).toEqual([made.policy_id, 'default']);
    await read.policies.delete(made.policy_id);
    expect(await read.policies.list()).toMatchObject([{ policy_id: 'default' }]);
    await expect(read.policies.update(made.policy_id, change)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(read.policies.delete('')).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
  });

  it('have groups', async () => {
    const { read } = readSideOver([]);
    const group = await read.policies.createGroup({ name: 'shops', description: '', policy_id: 'default' });
    expect(await read.policies.updateGroup(group.uuid, { name: 'all shops', description: '' })).toMatchObject({
      ...{ uuid: group.uuid, name: 'all shops' },
    });
    expect(await read.policies.groups()).toHaveLength(1);
    await read.policies.deleteGroup(group.uuid);
    expect(await read.policies.groups()).toEqual([]);
  });

  it('have exclusions, which are replaced as a whole', async () => {
    const { read } = readSideOver([]);
    await read.policies.setExclusions([{ prop: 'cve', value: ['CVE-2026-0001'], ttl: 30 }]);
    await read.policies.setExclusions([{ prop: 'cve', value: ['CVE-2026-0002'] }]);
    expect(await read.policies.exclusions()).toMatchObject([
      { conditions: [{ prop: 'cve', value: ['CVE-2026-0002'] }] },
    ]);
  });
});
