import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { InventoryScanRequest } from '../wire/inventory-scan-request.ts';
import { checkInventoryScanRequest } from '../wire/parse-inventory-scan-request.ts';
import type { DoubleRoute, RouteCall } from './double-route.ts';
import type { DoubleAnswer } from './envelope.ts';
import type { FalconCloudDoubleOptions } from './falcon-cloud-options.ts';
import type { InventoryStore } from './inventory-store.ts';

/** The endpoint that takes inventories. */
export const inventoryPath = '/image-assessment/entities/image-inventory/v1';

/** What the inventory endpoint works on. */
export interface InventoryDesk {
  readonly store: InventoryStore;
  readonly gzip: NonNullable<FalconCloudDoubleOptions['gzip']>;
  /** Bytes of a body, decompressed. */
  readonly maxBody: number;
  /** Told of every accepted body. */
  readonly onAccepted: (request: InventoryScanRequest, bytes: number) => void;
}

/** The inventory endpoint, which both hosts serve. Its refusals have no body but for the scope. */
export function inventoryRoutes(desk: InventoryDesk): readonly DoubleRoute[] {
  const both = { path: inventoryPath, refusal: 'entities', onUploadHost: true } as const;
  return [
    {
      ...both,
      method: 'HEAD',
      scope: 'falcon-container-cli:read',
      answer: () => ({ status: 200, ...acceptable(desk) }),
    },
    {
      ...both,
      method: 'POST',
      scope: 'falcon-container-cli:write',
      async answer(call) {
        const document = await readDocument(call, desk);
        return 'text' in document ? take(document, call, desk) : document;
      },
    },
  ];
}

interface ReadBody {
  /** Bytes of the JSON. */
  readonly text: number;
  readonly value: unknown;
}

function take({ value, text }: ReadBody, { host, now }: RouteCall, desk: InventoryDesk): DoubleAnswer {
  const check = checkInventoryScanRequest(value);
  if (!check.valid) {
    return { status: 400, reason: check.problems.join('; ') };
  }
  const { request } = check;
  const stored = desk.store.add(request, host, now);
  if (stored.outcome === 'full') {
    return { status: 500, reason: stored.reason };
  }
  desk.onAccepted(request, text);
  const what = stored.outcome === 'new' ? 'stored' : `repeat ${stored.repeats} of`;
  return { status: 200, note: `${what} ${request.inventory.ImageInfo.Digest} from agent ${request.agent_uuid}` };
}

/** Says, where a compressed body is welcome, that it is. */
function acceptable({ gzip }: InventoryDesk): Pick<DoubleAnswer, 'headers'> {
  return gzip === 'accepted' ? { headers: { 'accept-encoding': 'gzip' } } : {};
}

async function readDocument({ request, query }: RouteCall, desk: InventoryDesk): Promise<DoubleAnswer | ReadBody> {
  if (query.size > 0) {
    return { status: 400, reason: 'the call takes no query' };
  }
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    return { status: 400, reason: `content-type is ${type ?? 'missing'}, not application/json` };
  }
  const encoding = request.headers['content-encoding']?.trim().toLowerCase();
  const body = encoding === undefined ? request.body : await decompress(request.body, encoding, desk);
  if (!Buffer.isBuffer(body)) {
    return body;
  }
  try {
    return { text: body.length, value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) };
  } catch {
    return { status: 400, reason: 'the body is no JSON in UTF-8' };
  }
}

const inflate = promisify(gunzip);

async function decompress(body: Buffer, encoding: string, desk: InventoryDesk): Promise<Buffer | DoubleAnswer> {
  if (desk.gzip === 'refused') {
    return { status: 400, reason: 'no content-encoding is known to be accepted' };
  }
  if (desk.gzip === 'unsupported' || encoding !== 'gzip') {
    const accepted = desk.gzip === 'accepted' ? 'gzip' : 'identity';
    return { status: 415, headers: { 'accept-encoding': accepted }, reason: 'the content-encoding is not supported' };
  }
  try {
    return await inflate(body, { maxOutputLength: desk.maxBody });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      ? { status: 413, reason: `the body exceeds ${desk.maxBody} bytes decompressed` }
      : { status: 400, reason: 'the body is no gzip' };
  }
}
