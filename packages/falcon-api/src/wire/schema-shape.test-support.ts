import { z } from 'zod';
import { inventoryScanRequestSchema } from './inventory-scan-request.ts';

/** A schema in JSON Schema's words, as far as the upload body needs them. */
export interface Shape {
  readonly type?: string;
  readonly format?: string;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Shape | false;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
}

/** The schema of the upload body. */
export const bodyShape: Shape = z.toJSONSchema(inventoryScanRequestSchema, {
  io: 'input',
  unrepresentable: 'any',
}) as Shape;

/** The shape at a path such as `inventory.Layers[0]`. */
export function shapeAt(path: string): Shape {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
  return keys.reduce((shape, key) => {
    const { items, properties } = orNull(shape);
    return items ?? properties![key]!;
  }, bodyShape);
}

/** A type as the published models write it; objects are `object` and `object[]`. */
export function typeName(shape: Shape): string {
  const { type, format, maximum, items, properties, additionalProperties } = orNull(shape);
  switch (type) {
    case 'array':
      return `${typeName(items!)}[]`;
    case 'integer':
      return maximum === 2 ** 31 - 1 ? 'int32' : 'int64';
    case 'object':
      return properties === undefined ? `map<string,${typeName(additionalProperties as Shape)}>` : 'object';
    default:
      return format ?? type ?? 'any';
  }
}

/**
 * A body such as tools make of a schema as its example: every text "string", every number 0, every boolean true, one item
 * in each list. A time is one, as in the public SDK's own sample.
 */
export function sampleOf(shape: Shape): unknown {
  const { type, format, items, properties, additionalProperties } = orNull(shape);
  switch (type) {
    case 'array':
      return [sampleOf(items!)];
    case 'integer':
      return 0;
    case 'boolean':
      return true;
    case 'object':
      return properties === undefined
        ? sampleMap(additionalProperties as Shape)
        : Object.fromEntries(Object.entries(properties).map(([name, member]) => [name, sampleOf(member)]));
    default:
      return format === 'date-time' ? '2025-07-08T08:58:33.373Z' : type === 'string' ? 'string' : {};
  }
}

function sampleMap(values: Shape): unknown {
  return values.type === 'string' ? { additionalProp1: 'string', additionalProp2: 'string' } : {};
}

/** What stands beside `null`, where that is allowed. */
function orNull(shape: Shape): Shape {
  return shape.anyOf?.find(({ type }) => type !== 'null') ?? shape;
}
