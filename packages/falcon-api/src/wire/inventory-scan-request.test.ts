import { describe, expect, it } from 'vitest';
import { FalconError } from '../falcon-error.ts';
import { fullInventoryScanRequest } from '../testing/full-request.ts';
import { minimalInventoryScanRequest } from '../testing/minimal-request.ts';
import { checkInventoryScanRequest, parseInventoryScanRequest } from './parse-inventory-scan-request.ts';
import { type Kind, type PublishedModel, publishedModels } from './published-models.test-support.ts';

/** For each type of the published schema: a value that breaks it, what is said of that, and of the member's absence. */
const kinds: Record<Kind, { wrong: unknown; says: string; absent: string }> = {
  string: { wrong: 7, says: 'expected string, received number', absent: 'expected string, received undefined' },
  boolean: { wrong: 'true', says: 'expected boolean, received string', absent: 'expected boolean, received undefined' },
  int32: {
    wrong: 2147483648,
    says: 'Too big: expected number to be <=2147483647',
    absent: 'expected number, received undefined',
  },
  int64: { wrong: 1.5, says: 'expected int, received number', absent: 'expected number, received undefined' },
  'date-time': { wrong: '2026-02-30T00:00:00Z', says: 'expected an RFC 3339 date-time', absent: '' },
  array: { wrong: {}, says: 'expected array, received object', absent: 'expected array, received undefined' },
  map: { wrong: [], says: 'expected record, received array', absent: 'expected record, received undefined' },
  any: { wrong: null, says: 'expected any value but null', absent: 'expected any value but null' },
  object: { wrong: [], says: 'expected object, received array', absent: 'expected object, received undefined' },
};

const places = publishedModels.flatMap((model) =>
  model.at.map((path): [string, string, PublishedModel] => [model.name, path, model]),
);

type Loose = Record<string, unknown>;

/** The object at a path such as `inventory.Layers[0]` in a fresh full body, and that body. */
function open(path: string): { body: Loose; object: Loose } {
  const body = fullInventoryScanRequest() as unknown as Loose;
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
  return { body, object: keys.reduce((value, key) => value[key] as Loose, body) };
}

/** What is said of the full body after one member of the object at `path` was set, or deleted with `undefined`. */
function change(path: string, member: string, value: unknown): readonly string[] {
  const { body, object } = open(path);
  if (value === undefined) {
    delete object[member];
  } else {
    object[member] = value;
  }
  const check = checkInventoryScanRequest(body);
  return check.valid ? [] : check.problems;
}

function memberPath(path: string, member: string): string {
  return member.includes('.') ? `${path}["${member}"]` : `${path}${path === '' ? '' : '.'}${member}`;
}

describe('the schema of the inventory upload', () => {
  it.each(places)('knows exactly the members of %s at "%s"', (_name, path, { required, optional }) => {
    expect(Object.keys(open(path).object).sort()).toEqual([...Object.keys(required), ...Object.keys(optional)].sort());
    expect(change(path, 'unheard_of', 1)).toEqual([`${path === '' ? 'body' : path}: Unrecognized key: "unheard_of"`]);
  });

  it.each(places)('refuses a wrong type in each member of %s at "%s"', (_name, path, { required, optional }) => {
    for (const [member, kind] of Object.entries({ ...required, ...optional })) {
      const { wrong, says } = kinds[kind];
      expect(change(path, member, wrong)).toEqual([`${memberPath(path, member)}: ${says}`]);
    }
  });

  it.each(places)('refuses a null in each member of %s at "%s" but arrays', (_name, path, { required, optional }) => {
    for (const [member, kind] of Object.entries({ ...required, ...optional })) {
      expect([member, change(path, member, null).length]).toEqual([member, kind === 'array' ? 0 : 1]);
    }
  });

  it.each(places)('wants the required members of %s at "%s" and only those', (_name, path, { required, optional }) => {
    for (const [member, kind] of Object.entries(required)) {
      expect(change(path, member, undefined)).toEqual([`${memberPath(path, member)}: ${kinds[kind].absent}`]);
    }
    for (const member of Object.keys(optional)) {
      expect([member, change(path, member, undefined)]).toEqual([member, []]);
    }
  });

  it('refuses wrong items in arrays and maps', () => {
    expect(change('inventory', 'Packages', ['bash'])).toEqual([
      'inventory.Packages[0]: expected object, received string',
    ]);
    expect(change('inventory', 'whiteout_files', ['/a', 1])).toEqual([
      'inventory.whiteout_files[1]: expected string, received number',
    ]);
    expect(change('inventory.ConfigInfo', 'Labels', { a: 1 })).toEqual([
      'inventory.ConfigInfo.Labels.a: expected string, received number',
    ]);
  });

  it('refuses what is no whole number in an int32 and what JSON cannot carry exactly in an int64', () => {
    expect(change('inventory.OSInfo', 'LayerIndex', 0.5)).toEqual([
      'inventory.OSInfo.LayerIndex: expected int, received number',
    ]);
    expect(change('inventory.ImageInfo', 'Size', 2 ** 53)).toHaveLength(1);
    expect(change('inventory.ImageInfo', 'Size', 2 ** 53 - 1)).toEqual([]);
  });

  it('takes any value but null as Details', () => {
    expect(change('inventory.ELFBinaries[0]', 'Details', 'x')).toEqual([]);
    expect(change('inventory.MLModels[0]', 'Details', [1])).toEqual([]);
  });

  it.each(['0001-01-01T00:00:00Z', '2024-02-29T23:59:60.5+14:00', '1970-01-01T00:00:00.000000001-00:00'])(
    'takes the date-time %s',
    (text) => {
      expect(change('inventory.Config', 'created', text)).toEqual([]);
    },
  );

  it.each([
    '',
    '2026-08-01',
    '2026-08-01T12:00Z',
    '2026-08-01T12:00:00',
    '2023-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-08-01T24:00:00Z',
  ])('refuses the date-time "%s"', (text) => {
    expect(change('inventory.Config', 'created', text)).toEqual([
      'inventory.Config.created: expected an RFC 3339 date-time',
    ]);
  });

  it('accepts the body with required members only, and gives it back as it is', () => {
    expect(parseInventoryScanRequest(minimalInventoryScanRequest())).toEqual(minimalInventoryScanRequest());
  });

  it('reads null arrays as empty', () => {
    const body = minimalInventoryScanRequest() as unknown as { inventory: Loose; high_entropy_strings: unknown };
    body.inventory.Packages = null;
    body.inventory.HashedFiles = null;
    body.high_entropy_strings = null;
    const read = parseInventoryScanRequest(body);
    expect([read.inventory.Packages, read.inventory.HashedFiles, read.high_entropy_strings]).toEqual([[], [], []]);
  });

  it('throws with every problem and quotes no value', () => {
    const body = { ...fullInventoryScanRequest(), agent_uuid: 1, host_ip: { secret: 'hunter2' } };
    const error = catchError(() => parseInventoryScanRequest(body));
    expect(error).toBeInstanceOf(FalconError);
    expect(error).toMatchObject({
      code: 'INVENTORY_INVALID',
      retryable: false,
      message: '[INVENTORY_INVALID] inventory scan request: agent_uuid: expected string, received number (and 1 more)',
      problems: ['agent_uuid: expected string, received number', 'host_ip: expected string, received object'],
    });
  });

  it.each([undefined, null, 'text', 7, []])('refuses %j as a body', (value) => {
    expect(checkInventoryScanRequest(value)).toMatchObject({
      valid: false,
      problems: [expect.stringMatching(/^body: /)],
    });
  });

  it('tells no more than a hundred problems of one body', () => {
    const body = minimalInventoryScanRequest() as unknown as { inventory: Loose };
    body.inventory.whiteout_files = Array.from({ length: 1000 }, () => 1);
    expect(checkInventoryScanRequest(body)).toMatchObject({ problems: { length: 100 } });
  });
});

function catchError(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
