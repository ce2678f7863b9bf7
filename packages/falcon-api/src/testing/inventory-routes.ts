import { checkInventoryScanRequest } from '../wire/parse-inventory-scan-request.ts';
import type { DoubleAnswer } from './envelope.ts';
import type { HostRequest } from './host-server.ts';
import type { InventoryStore } from './inventory-store.ts';

/** `POST /image-assessment/entities/image-inventory/v1`, after token and scope were found right. */
export async function answerInventory(request: HostRequest, store: InventoryStore): Promise<DoubleAnswer> {
  const document = readDocument(request);
  if ('reason' in document) {
    return { status: 400, reason: document.reason };
  }
  const check = checkInventoryScanRequest(document.value);
  if (!check.valid) {
    return { status: 400, reason: check.problems.join('; ') };
  }
  const refusal = store.refusal(check.request);
  if (refusal !== undefined) {
    return { status: 400, reason: refusal };
  }
  await store.add(check.request);
  return { status: 200 };
}

function readDocument({
  headers,
  body,
  query,
}: HostRequest): { readonly value: unknown } | { readonly reason: string } {
  if (query !== '') {
    return { reason: 'the call takes no query' };
  }
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    return { reason: `content-type is ${type ?? 'missing'}, not application/json` };
  }
  if (headers['content-encoding'] !== undefined) {
    return { reason: 'no content-encoding is known to be accepted' };
  }
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) };
  } catch {
    return { reason: 'the body is no JSON in UTF-8' };
  }
}
