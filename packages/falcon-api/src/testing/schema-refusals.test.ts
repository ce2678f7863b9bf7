import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { inventoryScanRequestSchema } from '../wire/inventory-scan-request.ts';
import { type Kind, publishedModels } from '../wire/published-models.test-support.ts';
import { createFalconCloud, type FalconCloudDouble } from './create-falcon-cloud.ts';
import { fullInventoryScanRequest } from './full-request.ts';
import { bearer, post } from './plain-calls.test-support.ts';

type Loose = Record<string, unknown>;

/** A member of the body: where it is, and what it must be. */
interface Member {
  /** Such as `inventory.Layers[0].Size`. */
  readonly path: string;
  readonly keys: readonly string[];
  readonly required: boolean;
}

/** Members that every body must have or may have, as the schema tells; of an array the first item. */
function membersOf(schema: z.core.$ZodType, keys: readonly string[]): Member[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray) {
    return membersOf(inner.element, [...keys, '0']);
  }
  if (!(inner instanceof z.ZodObject)) {
    return [];
  }
  return Object.entries(inner.shape as Record<string, z.core.$ZodType>).flatMap(([name, member]) => [
    { path: pathOf([...keys, name]), keys: [...keys, name], required: member._zod.optin === undefined },
    ...membersOf(member, [...keys, name]),
  ]);
}

/** The schema within what makes it optional, nullable or a transformation. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const def = schema._zod.def as { innerType?: z.core.$ZodType; in?: z.core.$ZodType };
  const inner = def.innerType ?? def.in;
  return inner === undefined ? schema : unwrap(inner);
}

function pathOf(keys: readonly string[]): string {
  return keys
    .map((key) => (/^\d+$/.test(key) ? `[${key}]` : /^\w+$/.test(key) ? `.${key}` : `["${key}"]`))
    .join('')
    .replace(/^\./, '');
}

const members = membersOf(inventoryScanRequestSchema, []);

/** The published field tables, as paths in the full body. */
function publishedMembers(of: 'required' | 'optional'): Map<string, Kind> {
  return new Map(
    publishedModels.flatMap((model) =>
      model.at.flatMap((at) =>
        Object.entries(model[of]).map(([name, kind]): [string, Kind] => [
          pathOf([...at.split(/[.[\]]+/).filter((key) => key !== ''), name]),
          kind,
        ]),
      ),
    ),
  );
}

/** For each type, values of every other one that JSON has. */
const wrong: Record<Kind, readonly unknown[]> = {
  string: [7, true, [], {}, null],
  boolean: ['true', 0, [], {}, null],
  int32: ['7', true, [], {}, null, 0.5, 2 ** 31],
  int64: ['7', true, [], {}, null, 0.5],
  'date-time': [7, true, [], {}, null, 'yesterday'],
  array: ['', 7, true, {}],
  map: ['', 7, true, [], null],
  any: [null],
  object: ['', 7, true, [], null],
};

/** The full body with one member changed, or without it. */
function changed(keys: readonly string[], change: { readonly to: unknown } | 'absent'): Loose {
  const body = fullInventoryScanRequest() as unknown as Loose;
  const name = keys.at(-1)!;
  const holder = keys.slice(0, -1).reduce((value, key) => value[key] as Loose, body);
  if (change === 'absent') {
    delete holder[name];
  } else {
    holder[name] = change.to;
  }
  return body;
}

let cloud: FalconCloudDouble;
let headers: Record<string, string>;

beforeAll(async () => {
  cloud = await createFalconCloud({ rateLimit: 1e6 });
  headers = await bearer(cloud);
  return () => cloud.close();
});

/** Sends a body and gives the status, the text of the answer, and what the operator is told. */
async function sent(body: Loose): Promise<{ status: number; text: string; reason: string | undefined }> {
  const { status, text } = await post(cloud.uploadUrl, body, headers);
  return { status, text, reason: status === 200 ? undefined : cloud.rejections.at(-1)?.reason };
}

describe('the members of an upload, taken from the schema', () => {
  it('are those of the published tables, each as required as there', () => {
    const paths = (required: boolean) =>
      members.filter((member) => member.required === required).map(({ path }) => path);
    expect(paths(true).toSorted()).toEqual([...publishedMembers('required').keys()].toSorted());
    expect(paths(false).toSorted()).toEqual([...publishedMembers('optional').keys()].toSorted());
    expect(members.length).toBeGreaterThan(250);
  });

  it('are refused one by one where they are required and missing, and the operator learns which', async () => {
    for (const { path, keys, required } of members) {
      const { status, text, reason } = await sent(changed(keys, 'absent'));
      const seen = { path, status, text, tells: reason?.startsWith(`${path}: `) };
      expect(seen).toEqual({ path, status: required ? 400 : 200, text: '', tells: required ? true : undefined });
    }
  }, 60_000);

  it('are refused one by one where they are of another type, and the operator learns which', async () => {
    const kinds = new Map([...publishedMembers('required'), ...publishedMembers('optional')]);
    for (const [index, { path, keys }] of members.entries()) {
      // One value for each member, another kind for the next: what the schema says of all of them is tested beside it.
      const values = wrong[kinds.get(path)!];
      const value = values[index % values.length];
      const { status, text, reason } = await sent(changed(keys, { to: value }));
      const seen = { path, value, status, text, tells: reason?.startsWith(`${path}: `) };
      expect(seen).toEqual({ path, value, status: 400, text: '', tells: true });
    }
  }, 60_000);
});
