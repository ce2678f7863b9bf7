import { describe, expect, it } from 'vitest';
import { FalconError } from '../falcon-error.ts';
import { fullInventoryScanRequest } from '../testing/full-request.ts';
import { minimalInventoryScanRequest } from '../testing/minimal-request.ts';
import { checkInventoryScanRequest, parseInventoryScanRequest } from './parse-inventory-scan-request.ts';

type Kind = 'string' | 'boolean' | 'int32' | 'int64' | 'date-time' | 'array' | 'map' | 'any' | 'object';

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

interface Model {
  readonly name: string;
  /** Where the full body has it. */
  readonly at: readonly string[];
  readonly required: Readonly<Record<string, Kind>>;
  readonly optional: Readonly<Record<string, Kind>>;
}

const images = (suffix: string) => [`inventory.${suffix}`, `scan_request.${suffix}`];
const descriptors = ['config', 'layers[0]', 'subject'].flatMap((name) => images(`Manifest.${name}`));

/** The published models, member by member. */
const models: readonly Model[] = [
  {
    name: 'models.InventoryScanRequestType',
    at: [''],
    required: {
      agent_uuid: 'string',
      agent_version: 'string',
      agent_version_hash: 'string',
      cluster_id: 'string',
      cluster_name: 'string',
      helm_version: 'string',
      host_ip: 'string',
      host_name: 'string',
      inventory: 'object',
      original_image_name: 'string',
      runmode: 'string',
      scan_request: 'object',
    },
    optional: {
      container_id: 'string',
      ephemeral_scan: 'boolean',
      high_entropy_strings: 'array',
      pod_id: 'string',
      pod_name: 'string',
      pod_namespace: 'string',
      runtime_type: 'string',
    },
  },
  {
    name: 'models.InventoryType',
    at: ['inventory'],
    required: {
      Config: 'object',
      ConfigInfo: 'object',
      ELFBinaries: 'array',
      ImageInfo: 'object',
      InventoryEngineInfo: 'object',
      Layers: 'array',
      Manifest: 'object',
      OSInfo: 'object',
      Packages: 'array',
    },
    optional: {
      ApplicationPackages: 'array',
      HashedFiles: 'array',
      MLModels: 'array',
      ai_related: 'boolean',
      high_entropy_s3_file_exists: 'boolean',
      interesting_strings: 'array',
      whiteout_files: 'array',
    },
  },
  {
    name: 'models.ImageInfoType',
    at: images('ImageInfo'),
    required: { Architecture: 'string', Digest: 'string', ID: 'string', IndexDigest: 'string', Size: 'int64' },
    optional: {
      CreatedAt: 'string',
      Registry: 'string',
      Repository: 'string',
      Tag: 'string',
      config_s3_key: 'string',
      manifest_s3_key: 'string',
      scan_request_s3_key: 'string',
      source: 'string',
    },
  },
  {
    name: 'models.LayerInfoType',
    at: images('Layers[0]'),
    required: { CreatedAt: 'string', CreatedBy: 'string', Digest: 'string', Size: 'int64', type: 'int64' },
    optional: { layer_inventory_s3_key: 'string', layer_reference_key: 'string', layer_reference_type: 'int64' },
  },
  {
    name: 'models.OSInfoType',
    at: ['inventory.OSInfo'],
    required: { Name: 'string', Version: 'string' },
    optional: {
      DisplayVersion: 'string',
      EditionID: 'string',
      InstallType: 'string',
      LayerHash: 'string',
      LayerIndex: 'int32',
    },
  },
  {
    name: 'models.PackageInfoType',
    at: ['inventory.Packages[0]'],
    required: { LayerIndex: 'int32' },
    optional: {
      InstallDate: 'string',
      LayerHash: 'string',
      MajorVersion: 'string',
      PackageHash: 'string',
      PackageProvider: 'string',
      PackageSource: 'string',
      Product: 'string',
      SoftwareArchitecture: 'string',
      Status: 'string',
      Vendor: 'string',
    },
  },
  {
    name: 'models.ApplicationPackageInfoType',
    at: ['inventory.ApplicationPackages[0]'],
    required: { libraries: 'array', type: 'int32' },
    optional: {},
  },
  {
    name: 'models.ApplicationLibrary',
    at: ['inventory.ApplicationPackages[0].libraries[0]'],
    required: { LayerIndex: 'int32' },
    optional: {
      Hash: 'string',
      LayerHash: 'string',
      License: 'string',
      Name: 'string',
      Path: 'string',
      Version: 'string',
      ai_related: 'boolean',
    },
  },
  {
    name: 'models.ELFBinaryInfoType',
    at: ['inventory.ELFBinaries[0]'],
    required: {
      Details: 'any',
      Hash: 'string',
      Malicious: 'boolean',
      Path: 'string',
      Permissions: 'string',
      Size: 'int64',
    },
    optional: { LayerHash: 'string', LayerIndex: 'int32' },
  },
  {
    name: 'models.HashedFileInfoType',
    at: ['inventory.HashedFiles[0]'],
    required: { Hash: 'string', Path: 'string', Permissions: 'string', Size: 'int64' },
    optional: { LayerHash: 'string', LayerIndex: 'int32' },
  },
  {
    name: 'models.MLModelType',
    at: ['inventory.MLModels[0]'],
    required: {
      Details: 'any',
      Hash: 'string',
      LayerHash: 'string',
      LayerIndex: 'int32',
      Malicious: 'boolean',
      Path: 'string',
      Size: 'int64',
    },
    optional: { DetectionName: 'string' },
  },
  {
    name: 'models.HEStringFileInfoType',
    at: ['high_entropy_strings[0]', 'inventory.interesting_strings[0]'],
    required: { Path: 'string', Strings: 'array' },
    optional: { LayerHash: 'string', LayerIndex: 'int32' },
  },
  {
    name: 'models.HEStringInfoType',
    at: ['high_entropy_strings[0].Strings[0]', 'inventory.interesting_strings[0].Strings[0]'],
    required: { Line: 'int32', RegexName: 'string' },
    optional: { Hash: 'string', Name: 'string', String: 'string' },
  },
  {
    name: 'models.InventoryEngineInfoType',
    at: ['inventory.InventoryEngineInfo'],
    required: { CWPPScannerVersion: 'string', EngineVersion: 'string', MalwareMetadata: 'map' },
    optional: { CollectedAt: 'string' },
  },
  {
    name: 'models.ConfigInfoType',
    at: images('ConfigInfo'),
    required: {
      Cmd: 'array',
      Entrypoint: 'array',
      Env: 'array',
      ExposedPorts: 'map',
      Labels: 'map',
      StopSignal: 'string',
      User: 'string',
      Volumes: 'map',
      WorkingDir: 'string',
    },
    optional: {},
  },
  {
    name: 'v1.Image',
    at: images('Config'),
    required: { architecture: 'string', os: 'string', rootfs: 'object' },
    optional: {
      author: 'string',
      config: 'object',
      created: 'date-time',
      history: 'array',
      'os.features': 'array',
      'os.version': 'string',
      variant: 'string',
    },
  },
  {
    name: 'v1.ImageConfig',
    at: images('Config.config'),
    required: {},
    optional: {
      ArgsEscaped: 'boolean',
      Cmd: 'array',
      Entrypoint: 'array',
      Env: 'array',
      ExposedPorts: 'map',
      Labels: 'map',
      StopSignal: 'string',
      User: 'string',
      Volumes: 'map',
      WorkingDir: 'string',
    },
  },
  {
    name: 'v1.History',
    at: images('Config.history[0]'),
    required: {},
    optional: {
      author: 'string',
      comment: 'string',
      created: 'date-time',
      created_by: 'string',
      empty_layer: 'boolean',
    },
  },
  { name: 'v1.RootFS', at: images('Config.rootfs'), required: { diff_ids: 'array', type: 'string' }, optional: {} },
  {
    name: 'v1.Manifest',
    at: images('Manifest'),
    required: { config: 'object', layers: 'array', schemaVersion: 'int32' },
    optional: { annotations: 'map', artifactType: 'string', mediaType: 'string', subject: 'object' },
  },
  {
    name: 'v1.Descriptor',
    at: descriptors,
    required: { digest: 'string', mediaType: 'string', size: 'int64' },
    optional: { annotations: 'map', artifactType: 'string', data: 'string', platform: 'object', urls: 'array' },
  },
  {
    name: 'v1.Platform',
    at: descriptors.map((path) => `${path}.platform`),
    required: { architecture: 'string', os: 'string' },
    optional: { 'os.features': 'array', 'os.version': 'string', variant: 'string' },
  },
  {
    name: 'models.ScanRequestType',
    at: ['scan_request'],
    required: {
      Config: 'object',
      ConfigInfo: 'object',
      ImageMetadata: 'object',
      Layers: 'array',
      Manifest: 'object',
      high_entropy_strings_s3_key: 'string',
      image_inventory_s3_key: 'string',
      layer_inventory_s3_key: 'string',
      scan_report_s3_key: 'string',
      scan_request_s3_key: 'string',
    },
    optional: { ImageInfo: 'object', ScanInfo: 'object' },
  },
  {
    name: 'models.ImageMetadataType',
    at: ['scan_request.ImageMetadata'],
    required: {},
    optional: {
      image_metadata_config_s3_key: 'string',
      image_metadata_high_entropy_strings_s3_key: 'string',
      image_metadata_image_inventory_s3_key: 'string',
      image_metadata_image_inventory_s3_path: 'string',
      image_metadata_manifest_s3_key: 'string',
      image_metadata_scan_report_s3_key: 'string',
    },
  },
  {
    name: 'models.ScanInfoType',
    at: ['scan_request.ScanInfo'],
    required: {},
    optional: {
      CorrelationUUID: 'string',
      RequestedAt: 'string',
      ScanUUID: 'string',
      UserUUID: 'string',
      Username: 'string',
      cid: 'string',
    },
  },
];

const places = models.flatMap((model) => model.at.map((path): [string, string, Model] => [model.name, path, model]));

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
