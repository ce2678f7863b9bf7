import type { z } from 'zod';
import { oneValue } from './one-value.ts';

/** An object of a Kubernetes namespace. */
export interface NamespacedName {
  readonly namespace: string;
  readonly name: string;
}

/** `namespace:name`, as the public chart writes pull secrets. */
export const namespacedName: z.ZodType<NamespacedName> = oneValue
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, {
    error: 'is not NAMESPACE:SECRET',
    abort: true,
  })
  .transform((text) => {
    const [namespace = '', name = ''] = text.split(':');
    return { namespace, name };
  });
