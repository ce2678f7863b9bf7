import { z } from 'zod';
import { isLoopback } from '../cloud/base-url.ts';
import type { CloudDouble } from './cloud-double.ts';
import { falconCloudFaultsSchema } from './faults-schema.ts';
import { type HostReaction, type HostRequest, type HostServer, startHost } from './host-server.ts';
import type { StoredInventory } from './stored-inventories.ts';

/** Bytes of a body the control host reads. */
const maxBody = 64 * 1024;

/**
 * Starts the host through which a double that runs as a program is looked at and changed. It is no part of the cloud and
 * asks for no token, so it listens on 127.0.0.1 alone and takes no call that a web page could make.
 */
export async function startControlHost(double: CloudDouble, port: number): Promise<HostServer> {
  return startHost(async (request) => control(double, request), maxBody, { port });
}

function control(double: CloudDouble, request: HostRequest): HostReaction {
  // A name that leads here by a trick of DNS is not this machine's, and a page cannot send JSON without being asked.
  const origin = `http://${request.headers.host ?? ''}`;
  if (!URL.canParse(origin) || !isLoopback(origin)) {
    return problem(403, 'the Host header names another machine');
  }
  const { method, path, headers } = request;
  if (method !== 'GET' && (request.oversized || headers['content-type'] !== 'application/json')) {
    return problem(400, `a change must be application/json of at most ${maxBody} bytes`);
  }
  if (method === 'PUT') {
    return change(double, request);
  }
  if (method === 'POST' && path === '/tokens/revoke') {
    double.tokens.revokeAll();
    return { status: 204 };
  }
  return method === 'GET' ? show(double, path) : problem(405, 'GET, PUT and POST only');
}

function show(double: CloudDouble, path: string): HostReaction {
  const stored = /^\/inventories\/([0-9a-f-]{36})$/.exec(path)?.[1];
  if (stored !== undefined) {
    const inventory = double.store.get(stored);
    return inventory === undefined ? problem(404, 'no such inventory') : ok(inventory.request());
  }
  switch (path) {
    case '/faults':
      return ok(double.faults);
    case '/scopes':
      return ok([...double.scopes]);
    case '/inventories':
      return ok([...double.store.list()].map(describe));
    case '/requests':
      return ok(double.book.requests);
    case '/rejections':
      return ok(double.book.rejections);
    default:
      return problem(404, 'there are /faults, /scopes, /inventories, /inventories/ID, /requests and /rejections');
  }
}

function change(double: CloudDouble, { path, body }: HostRequest): HostReaction {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (path === '/faults') {
      return changeFaults(double, value);
    }
    return path === '/scopes' ? changeScopes(double, value) : problem(404, 'there are /faults and /scopes to put');
  } catch (error) {
    if (error instanceof SyntaxError) {
      return problem(400, 'the body is no JSON');
    }
    throw error;
  }
}

/** The faults become those of the body: what it does not name is taken away. */
function changeFaults(double: CloudDouble, value: unknown): HostReaction {
  const faults = falconCloudFaultsSchema.safeParse(value);
  if (!faults.success) {
    return problem(400, z.prettifyError(faults.error));
  }
  for (const name of Object.keys(double.faults)) {
    delete double.faults[name as keyof typeof double.faults];
  }
  Object.assign(double.faults, faults.data);
  return ok(double.faults);
}

function changeScopes(double: CloudDouble, value: unknown): HostReaction {
  const scopes = z.array(z.string()).safeParse(value);
  if (!scopes.success) {
    return problem(400, 'an array of scopes is expected, such as ["falcon-container-cli:write"]');
  }
  double.scopes.clear();
  for (const scope of scopes.data) {
    double.scopes.add(scope);
  }
  return ok([...double.scopes]);
}

function describe({ request: _, ...about }: StoredInventory): Omit<StoredInventory, 'request'> {
  return about;
}

function ok(json: unknown): HostReaction {
  return { status: 200, json };
}

function problem(status: number, message: string): HostReaction {
  return { status, json: { error: message } };
}
