import type { InventoryLayer } from '../model/inventory.ts';
import type { ImageSubject } from '../model/subject.ts';

/**
 * Joins each layer with its entry of the image's history (OCI image-spec, config `history`): entries marked
 * `empty_layer` made no layer. A history that does not fit the layers in number says nothing reliable and is left out.
 */
export function inventoryLayers(subject: ImageSubject): InventoryLayer[] {
  const history = field(subject.config, 'history');
  const steps = Array.isArray(history) ? history.filter((step) => field(step, 'empty_layer') !== true) : [];
  const fits = steps.length === subject.layers.length;
  return subject.layers.map((layer, index) => {
    const createdAt = fits ? field(steps[index], 'created') : undefined;
    const createdBy = fits ? field(steps[index], 'created_by') : undefined;
    return {
      ...layer,
      index,
      ...(typeof createdAt === 'string' && { createdAt }),
      ...(typeof createdBy === 'string' && { createdBy }),
    };
  });
}

function field(document: unknown, name: string): unknown {
  return typeof document === 'object' && document !== null ? Reflect.get(document, name) : undefined;
}
