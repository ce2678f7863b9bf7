import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { arrayOf, optional } from '../../wire/schema-parts.ts';
import type { DoubleRoute } from '../double-route.ts';
import { refuseEntities, resources } from '../envelope.ts';
import { readBody } from './read-body.ts';
import { listRoute, type ReadParts, writeScope } from './read-parts.ts';

const path = '/container-security/entities/base-images/v1';
const filters = ['image_digest', 'image_id', 'registry', 'repository', 'tag'];
const text = optional(z.string());
const bodySchema = z.strictObject({
  base_images: arrayOf(
    z.strictObject({ image_digest: text, image_id: text, registry: text, repository: text, tag: text }),
  ),
});

/** Base images, forgotten when the double ends. */
export function baseImageRoutes(parts: ReadParts): readonly DoubleRoute[] {
  const known = new Map<string, Readonly<Record<string, string>>>();
  return [
    listRoute(parts, '/container-security/combined/base-images/v1', { filters, maxLimit: 100 }, () =>
      [...known.values()].map((resource) => ({ resource, fields: resource })),
    ),
    {
      ...{ method: 'POST', path, scope: writeScope, refusal: 'bare' },
      answer(call) {
        const body = readBody(call, bodySchema);
        if ('status' in body) {
          return body;
        }
        const made = body.value.base_images.map((image) => ({ ...image, uuid: randomUUID() }));
        for (const image of made) {
          known.set(image.uuid, image);
        }
        return resources(made, call.traceId);
      },
    },
    {
      ...{ method: 'DELETE', path, scope: writeScope, refusal: 'bare' },
      answer(call) {
        const ids = (call.query.get('ids') ?? '').split(',');
        if (ids.some((id) => !known.has(id))) {
          return refuseEntities(400, 'invalid request', call.traceId, 'ids: one names no base image');
        }
        for (const id of ids) {
          known.delete(id);
        }
        return resources(ids, call.traceId);
      },
    },
  ];
}
