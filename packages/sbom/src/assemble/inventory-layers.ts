import type { InventoryLayer } from '../model/inventory.ts';
import type { Json } from '../model/json.ts';
import type { ImageSubject } from '../model/subject.ts';

/**
 * Joins each layer with its entry of the image's history (OCI image-spec, config `history`): entries marked
 * `empty_layer` made no layer. A history that does not fit the layers in number says nothing reliable and is left out.
 */
export function inventoryLayers(subject: ImageSubject): InventoryLayer[] {
  const history = Array.isArray(subject.config.history) ? subject.config.history : [];
  const steps = history.filter((step: Json) => field(step, 'empty_layer') !== true);
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

function field(step: Json | undefined, name: string): Json | undefined {
  if (typeof step !== 'object' || step === null || Array.isArray(step)) return undefined;
  return (step as { readonly [key: string]: Json | undefined })[name];
}
