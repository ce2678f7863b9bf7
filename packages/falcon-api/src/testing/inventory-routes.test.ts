import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { FalconCloudDoubleOptions } from './falcon-cloud-options.ts';
import { minimalInventoryScanRequest } from './minimal-request.ts';
import { type Answer, bearer, inventoryPath, post, send, startCloud } from './plain-calls.test-support.ts';
import type { CallRecord } from './records.ts';

const body = minimalInventoryScanRequest(`sha256:${'7'.repeat(64)}`);

async function postEncoded(options: FalconCloudDoubleOptions, content: Buffer, encoding = 'gzip') {
  const cloud = await startCloud(options);
  const headers = { ...(await bearer(cloud)), 'content-type': 'application/json', 'content-encoding': encoding };
  const answer: Answer = await send(cloud.uploadUrl + inventoryPath, { method: 'POST', headers, body: content });
  return { ...answer, cloud, reason: cloud.rejections.at(-1)?.reason };
}

describe('a body in gzip', () => {
  const zipped = gzipSync(JSON.stringify(body));

  it('is taken where that is set, and a HEAD says so', async () => {
    const { status, cloud } = await postEncoded({ gzip: 'accepted' }, zipped);
    expect([status, cloud.inventories]).toEqual([200, [body]]);
    const head = await send(cloud.uploadUrl + inventoryPath, { method: 'HEAD', headers: await bearer(cloud) });
    expect(head.headers['accept-encoding']).toBe('gzip');
  });

  it('is refused with 400 unless told otherwise, or with 415', async () => {
    expect(await postEncoded({}, zipped)).toMatchObject({ status: 400, text: '' });
    const { status, headers, reason } = await postEncoded({ gzip: 'unsupported' }, zipped);
    expect([status, headers['accept-encoding'], reason]).toEqual([
      ...[415, 'identity', 'the content-encoding is not supported'],
    ]);
  });

  it('is refused where it is none, of another kind, or too long once inflated', async () => {
    const options = { gzip: 'accepted', maxBody: 10_000 } as const;
    const bomb = gzipSync(Buffer.alloc(10_001));
    expect(await postEncoded(options, Buffer.from('no'))).toMatchObject({ status: 400, reason: 'the body is no gzip' });
    expect(await postEncoded(options, zipped, 'br')).toMatchObject({ status: 415 });
    expect(await postEncoded(options, bomb)).toMatchObject({
      ...{ status: 413, text: '', reason: 'the body exceeds 10000 bytes decompressed' },
    });
  });
});

describe('an upload', () => {
  it('is one of an image and an agent, whichever host took it; a repeat is counted', async () => {
    const lines: CallRecord[] = [];
    const cloud = await startCloud({ onCall: (call) => lines.push(call) });
    const headers = await bearer(cloud);
    for (const [url, agent] of [
      [cloud.uploadUrl, 'x'],
      [cloud.apiUrl, 'x'],
      [cloud.apiUrl, 'y'],
    ] as const) {
      await post(url, { ...body, agent_uuid: agent }, headers);
    }
    expect([...cloud.stored.list()]).toMatchObject([
      { agent: 'x', host: 'api', repeats: 1 },
      { agent: 'y', host: 'api', repeats: 0 },
    ]);
    expect(cloud.inventories).toHaveLength(3);
    const digest = body.inventory.ImageInfo.Digest;
    expect(lines.map(({ host, note }) => [host, note])).toEqual([
      ['api', undefined],
      ['upload', `stored ${digest} from agent x`],
      ['api', `repeat 1 of ${digest} from agent x`],
      ['api', `stored ${digest} from agent y`],
    ]);
    expect(lines[1]).toMatchObject({ answer: 200, bytes: JSON.stringify({ ...body, agent_uuid: 'x' }).length });
  });

  it('that does not fit into the store is answered 500 without a body, and the operator learns why', async () => {
    const cloud = await startCloud({ maxStored: 10 });
    expect(await post(cloud.uploadUrl, body, await bearer(cloud))).toMatchObject({ status: 500, text: '' });
    expect(cloud.rejections).toMatchObject([{ status: 500, reason: 'the store is full: 0 of 10 bytes are taken' }]);
    expect(cloud.inventories).toEqual([]);
  });

  it('has the header set of the cloud on every answer', async () => {
    const cloud = await startCloud({ maxBody: 5000, faults: { apiInventory: { answer: 503 } } });
    const headers = await bearer(cloud);
    const answers = [
      await post(cloud.uploadUrl, body, headers),
      await post(cloud.uploadUrl, { ...body, host_ip: 1 }, headers),
      await post(cloud.uploadUrl, body, {}),
      await post(cloud.uploadUrl, 'x'.repeat(9000), headers),
      await post(cloud.apiUrl, body, headers),
      await send(`${cloud.apiUrl}/nowhere`, { headers }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 401, 413, 503, 404]);
    for (const { headers: given } of answers) {
      expect(given).toMatchObject({
        'x-cs-traceid': expect.stringMatching(/^[\da-f-]{36}$/),
        'x-ratelimit-limit': '6000',
        'x-ratelimit-remaining': expect.stringMatching(/^59\d\d$/),
      });
    }
    expect(cloud.rejections.find(({ status }) => status === 413)?.reason).toBe('the body exceeds 5000 bytes');
  });
});
