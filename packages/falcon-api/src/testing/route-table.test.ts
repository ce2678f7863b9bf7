import { describe, expect, it } from 'vitest';
import type { DoubleRoute } from './double-route.ts';
import { resources } from './envelope.ts';
import { bearer, send, startCloud } from './plain-calls.test-support.ts';
import { RouteTable } from './route-table.ts';

function route(path: string, more: Partial<DoubleRoute> = {}): DoubleRoute {
  return { method: 'GET', path, scope: 'reports:read', answer: () => ({ status: 200 }), ...more };
}

describe('the routes of the double', () => {
  const reports = route('/reports/v2/{uuid}');
  const mine = route('/reports/v2/mine');
  const table = new RouteTable([reports, mine, route('/a/{b}/c/{d}', { onUploadHost: true })]);

  it.each([
    ['/reports/v2/a%20b', reports.path, { uuid: 'a b' }],
    ['/reports/v2/mine', mine.path, {}],
    ['/a/1/c/2', '/a/{b}/c/{d}', { b: '1', d: '2' }],
  ])('have one for %s', (path, pattern, parameters) => {
    expect(table.find('api', 'GET', path)).toMatchObject({ route: { path: pattern }, parameters });
  });

  it.each(['/reports/v2/', '/reports/v2', '/reports/v2/a/b', '/reports/v2/%zz', '/reports/v3/a', '/'])(
    'have none for %s',
    (path) => {
      expect(table.find('api', 'GET', path)).toBeUndefined();
    },
  );

  it('keep hosts and methods apart', () => {
    expect(table.find('upload', 'GET', '/reports/v2/mine')).toBeUndefined();
    expect(table.find('upload', 'GET', '/a/1/c/2')).toBeDefined();
    expect(table.find('api', 'DELETE', '/reports/v2/mine')).toBeUndefined();
  });
});

describe('a route of the caller', () => {
  const added: DoubleRoute = {
    ...{ method: 'GET', path: '/things/{id}', scope: 'things:read', refusal: 'bare' },
    answer: ({ parameters, query, host, ccid, traceId }) =>
      resources([parameters.id, query.get('q'), host, ccid], traceId),
  };

  it('is served with the customer of the token, and its scope is enforced in its own form', async () => {
    const cloud = await startCloud({ routes: () => [added] });
    const headers = await bearer(cloud);
    const answer = await send(`${cloud.apiUrl}/things/7?q=x%20y`, { headers });
    expect(JSON.parse(answer.text).resources).toEqual(['7', 'x y', 'api', '0123456789ABCDEF0123456789ABCDEF-12']);
    cloud.scopes.delete('things:read');
    const refused = await send(`${cloud.apiUrl}/things/7`, { headers });
    expect([refused.status, JSON.parse(refused.text)]).toEqual([
      ...[403, { code: 403, id: expect.any(String), message: 'access denied, authorization failed' }],
    ]);
    expect(cloud.rejections[0]!.reason).toBe('scope things:read is missing');
  });

  it('takes the place of one of the double, may send bytes, and its failure is a 500 that the operator can explain', async () => {
    const path = '/sensors/queries/installers/ccid/v1';
    let fails = false;
    const cloud = await startCloud({
      routes: ({ inventories }) => [
        route(path, {
          answer: () => {
            if (fails) throw new Error('the disk is on fire');
            return { status: 200, content: { type: 'text/plain', bytes: Buffer.from(`${inventories.size}`) } };
          },
        }),
      ],
    });
    const headers = await bearer(cloud);
    expect(await send(cloud.apiUrl + path, { headers })).toMatchObject({
      ...{ text: '0', headers: { 'content-type': 'text/plain' } },
    });
    fails = true;
    const failed = await send(cloud.apiUrl + path, { headers });
    expect([failed.status, failed.text.includes('fire')]).toEqual([500, false]);
    expect(cloud.rejections).toMatchObject([{ status: 500, reason: 'the disk is on fire' }]);
  });
});
