import type { Inventory } from '../model/inventory.ts';
import { jsonChunks } from './json-chunks.ts';

/** An inventory as JSON text in chunks of some 64 Ki characters; joined they are the document. */
export function encodeJson(inventory: Inventory): Iterable<string> {
  return jsonChunks({ ...inventory });
}
