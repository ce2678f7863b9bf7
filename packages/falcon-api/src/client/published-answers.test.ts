import { inspect } from 'node:util';
import { MockAgent } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTokenSource } from '../auth/create-token-source.ts';
import { resolveCloud } from '../cloud/resolve-cloud.ts';
import { FalconError } from '../falcon-error.ts';
import { minimalInventoryScanRequest } from '../testing/minimal-request.ts';
import { FalconClient } from './falcon-client.ts';
import {
  type PublishedAnswer,
  publishedAnswers,
  publishedNow,
  type TriedCall,
} from './published-answers.test-support.ts';

const inventoryPath = '/image-assessment/entities/image-inventory/v1';

const endpoints: Readonly<Record<TriedCall, readonly ['GET' | 'HEAD' | 'POST', string]>> = {
  token: ['POST', '/oauth2/token'],
  revoke: ['POST', '/oauth2/revoke'],
  probe: ['HEAD', inventoryPath],
  upload: ['POST', inventoryPath],
  ccid: ['GET', '/sensors/queries/installers/ccid/v1'],
};

const { apiUrl } = resolveCloud('us-1');
const secret = 'sEcReTsEcReTsEcReTsEcReTsEcReTsEcReT1234';

/** A cloud without sockets where one call has one answer. */
function cloudWith({ call, status, body, headers }: PublishedAnswer): MockAgent {
  const agent = new MockAgent();
  agent.disableNetConnect();
  onTestFinished(() => agent.close());
  const host = agent.get(apiUrl);
  if (call !== 'token') {
    host.intercept({ method: 'POST', path: '/oauth2/token' }).reply(201, { access_token: 'tok' }).persist();
  }
  const [method, path] = endpoints[call];
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  const all = { 'x-cs-traceid': 'of-the-head', ...headers };
  host.intercept({ method, path }).reply(status, text, { headers: all }).persist();
  return agent;
}

async function make(answer: PublishedAnswer): Promise<unknown> {
  const dispatcher = cloudWith(answer);
  const credentials = { clientId: 'client', clientSecret: secret };
  const tokenSource = createTokenSource({ ...credentials, apiUrl, dispatcher, now: () => publishedNow });
  const options = { uploadUrl: apiUrl, tokenSource, dispatcher, now: () => publishedNow, retry: { attempts: 1 } };
  const client = new FalconClient(options);
  onTestFinished(() => client.close());
  switch (answer.call) {
    case 'token':
      return tokenSource.token();
    case 'revoke':
      await tokenSource.token();
      return tokenSource.revoke();
    case 'probe':
      return client.inventory.probe();
    case 'upload':
      return client.inventory.upload(minimalInventoryScanRequest());
    case 'ccid':
      return client.ccid();
  }
}

const retryable = ['RATE_LIMITED', 'UNAVAILABLE'];
const title = ({ call, status, quirk }: PublishedAnswer) =>
  `${call} ${status}${quirk === undefined ? '' : ` ${quirk}`}`;
const good = publishedAnswers.filter(({ code }) => code === undefined);
const bad = publishedAnswers.filter(({ code }) => code !== undefined);

describe('a published answer', () => {
  it.each(good.map((answer) => [title(answer), answer] as const))('%s is a success', async (_, answer) => {
    await expect(make(answer)).resolves.not.toBeInstanceOf(Error);
  });

  it.each(bad.map((answer) => [title(answer), answer.code, answer] as const))('%s is %s', async (_, code, answer) => {
    const error = await make(answer).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FalconError);
    const [method, path] = endpoints[answer.call];
    expect(error).toMatchObject({
      code,
      status: answer.status,
      traceId: 'of-the-head',
      url: `${apiUrl}${path}`,
      retryable: retryable.includes(code ?? ''),
      ...(answer.retryAfter === undefined ? {} : { retryAfter: answer.retryAfter }),
      ...(answer.hint === undefined ? {} : { hint: expect.stringContaining(answer.hint) }),
      message: expect.stringContaining(`[${code}] ${method} ${apiUrl}${path}: `),
    });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secret);
  });

  it('that lost its headers has the trace id of its envelope', async () => {
    const answer = bad.find(({ call, status }) => call === 'ccid' && status === 403)!;
    const error = await make({ ...answer, headers: { 'x-cs-traceid': '' } }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'FORBIDDEN', scope: 'sensor-installers:read', traceId: 'of-the-body' });
  });

  it.each([
    ['token', [200, 201, 308, 400, 403, 429, 500]],
    ['revoke', [200, 400, 403, 429, 500]],
    ['probe', [200, 400, 401, 403, 429, 500]],
    ['upload', [200, 400, 401, 403, 429, 500]],
    ['ccid', [200, 400, 401, 403, 404, 429, 500, 503]],
  ] as const)('is tried for every status of %s', (call, statuses) => {
    const tried = publishedAnswers.filter((answer) => answer.call === call).map(({ status }) => status);
    expect([...new Set(tried)].sort((a, b) => a - b)).toEqual(statuses);
  });
});
