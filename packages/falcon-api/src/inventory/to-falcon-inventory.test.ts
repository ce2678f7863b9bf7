import { describe, expect, it } from 'vitest';
import { checkInventoryScanRequest, parseInventoryScanRequest } from '../wire/parse-inventory-scan-request.ts';
import { context, debian, digest, scratch } from './images.test-support.ts';
import { toFalconInventory } from './to-falcon-inventory.ts';

describe('toFalconInventory', () => {
  it('gives a body the published schema accepts, unchanged', () => {
    for (const input of [scratch, debian]) {
      const request = toFalconInventory(input, context);
      expect(parseInventoryScanRequest(request)).toEqual(request);
      expect(JSON.parse(JSON.stringify(request))).toEqual(request);
    }
  });

  it('is deterministic to the byte', () => {
    const once = JSON.stringify(toFalconInventory(debian, context));
    expect(JSON.stringify(toFalconInventory(structuredClone(debian), { ...context }))).toBe(once);
  });

  it('says who took the inventory, and leaves out what is not known', () => {
    const { inventory: _, scan_request: __, ...rest } = toFalconInventory(scratch, context);
    expect(rest).toEqual({
      agent_uuid: 'agent-1',
      agent_version: '1.2.3',
      agent_version_hash: 'c0ffee',
      cluster_id: 'cluster-1',
      cluster_name: 'production',
      helm_version: '1.2.0',
      high_entropy_strings: [],
      host_ip: '10.0.0.7',
      host_name: 'node-7',
      original_image_name: 'shop:1.2',
      runmode: 'watcher',
    });
  });

  it('says where the image was seen', () => {
    const request = toFalconInventory(scratch, {
      ...context,
      runtimeType: 'containerd',
      pod: { id: 'uid', name: 'shop-0', namespace: 'shop' },
      containerId: 'containerd://f00d',
      ephemeral: true,
      scannerVersion: '9',
      cid: '0123456789ABCDEF0123456789ABCDEF-12',
      scanUuid: 'scan-1',
      correlationUuid: 'tie-1',
    });
    expect(request).toMatchObject({
      runtime_type: 'containerd',
      pod_id: 'uid',
      pod_name: 'shop-0',
      pod_namespace: 'shop',
      container_id: 'f00d',
      ephemeral_scan: true,
    });
    expect(request.inventory.InventoryEngineInfo.CWPPScannerVersion).toBe('9');
    expect(request.scan_request.ScanInfo).toEqual({
      CorrelationUUID: 'tie-1',
      RequestedAt: '2026-08-01T12:00:00Z',
      ScanUUID: 'scan-1',
      cid: '0123456789abcdef0123456789abcdef',
    });
  });

  it('identifies the image', () => {
    expect(toFalconInventory(debian, context, { source: 'agent' }).inventory.ImageInfo).toEqual({
      Architecture: 'arm64',
      CreatedAt: '2026-07-01T08:00:00.5Z',
      Digest: digest('a'),
      ID: digest('b'),
      IndexDigest: digest('c'),
      Registry: 'registry.acme.test:5000',
      Repository: 'team/shop',
      Size: 1024,
      Tag: '1.2',
      source: 'agent',
    });
  });

  it('describes OS packages with the layer that brought them', () => {
    const { OSInfo, Packages } = toFalconInventory(debian, context).inventory;
    expect(OSInfo).toEqual({ LayerHash: digest('1'), LayerIndex: 0, Name: 'Debian', Version: '12' });
    expect(Packages).toEqual([
      {
        LayerHash: digest('2'),
        LayerIndex: 1,
        MajorVersion: '1.5.2-6+deb12u1',
        PackageProvider: 'deb',
        PackageSource: 'pam 1.5.2-6+deb12u1',
        Product: 'libpam-runtime',
        SoftwareArchitecture: 'all',
        Status: 'install ok installed',
        Vendor: 'Debian',
      },
    ]);
  });

  it.each([
    [{ id: 'rhel', name: 'Red Hat Enterprise Linux', versionId: '9.4', layer: 0 }, 'Red Hat Enterprise Linux', '9.4'],
    [{ id: 'debian', name: 'Debian GNU/Linux', versionCodename: 'trixie', layer: 0 }, 'Debian', 'trixie'],
    [{ id: 'arch', name: 'Arch Linux', buildId: 'rolling', layer: 0 }, 'Arch Linux', 'rolling'],
    [{ id: 'toString', layer: 0 }, 'toString', ''],
  ])('names the distribution %j', (distro, Name, Version) => {
    expect(toFalconInventory({ ...debian, distro }, context).inventory.OSInfo).toMatchObject({ Name, Version });
  });

  it('groups language packages by type number, one library for each place', () => {
    const { ApplicationPackages } = toFalconInventory(debian, context).inventory;
    expect(ApplicationPackages).toEqual([
      { libraries: [{ LayerHash: digest('2'), LayerIndex: 1, Name: 'x', Path: '/x.lock', Version: '' }], type: 0 },
      {
        libraries: [
          {
            Hash: 'bb',
            LayerHash: digest('1'),
            LayerIndex: 0,
            License: 'MIT, Apache-2.0',
            Name: '@acme/left-pad',
            Path: '/app/node_modules/b/left-pad/package.json',
            Version: '1.3.0',
          },
          {
            Hash: 'bb',
            LayerHash: digest('2'),
            LayerIndex: 1,
            License: 'MIT, Apache-2.0',
            Name: '@acme/left-pad',
            Path: '/app/node_modules/left-pad/package.json',
            Version: '1.3.0',
          },
        ],
        type: 1,
      },
      { libraries: [{ LayerIndex: 7, Name: 'org.acme:cart', Path: '/app/cart.jar', Version: '2' }], type: 3 },
      {
        libraries: [
          { LayerHash: digest('2'), LayerIndex: 1, Name: 'golang.org/x/crypto', Path: '/bin/shop', Version: 'v0.31.0' },
        ],
        type: 4,
      },
    ]);
  });

  it('takes other type numbers, and refuses what is none', () => {
    const types = { npm: 40, golang: 40, maven: -1 };
    const { ApplicationPackages } = toFalconInventory(debian, context, { applicationPackageTypes: types }).inventory;
    expect(ApplicationPackages!.map(({ type, libraries }) => [type, libraries.length])).toEqual([
      [-1, 1],
      [0, 1],
      [40, 3],
    ]);
    for (const npm of [1.5, 2 ** 31, Number.NaN]) {
      expect(() => toFalconInventory(scratch, context, { applicationPackageTypes: { npm } })).toThrow(
        '[OPTIONS_INVALID] applicationPackageTypes.npm: not an int32',
      );
    }
  });

  it('lists files, models, secret candidates and whiteouts', () => {
    const { inventory, high_entropy_strings } = toFalconInventory(debian, context);
    const upper = { LayerHash: digest('2'), LayerIndex: 1 };
    const lower = { LayerHash: digest('1'), LayerIndex: 0 };
    expect(inventory.ELFBinaries).toEqual([
      {
        ...upper,
        Details: { pie: true },
        Hash: 'e1',
        Malicious: false,
        Path: '/bin/shop',
        Permissions: '-rwsr-xr-x',
        Size: 10,
      },
    ]);
    expect(inventory.HashedFiles).toEqual([
      { ...lower, Hash: 'e2', Path: '/bin/start', Permissions: '-rw-r--r--', Size: 5 },
    ]);
    expect(inventory.MLModels).toEqual([
      { ...upper, Details: { name: 'tiny', format: 'gguf' }, Hash: 'e3', Malicious: false, Path: '/m.gguf', Size: 9 },
    ]);
    expect(inventory.ai_related).toBe(true);
    expect(inventory.whiteout_files).toEqual(['/app/old', '/etc/motd']);
    expect(high_entropy_strings).toEqual([
      {
        ...upper,
        Path: '/app/.env',
        Strings: [
          { Hash: 'f1', Line: 1, Name: 'KEY', RegexName: 'aws-key', String: 'AK…Z' },
          { Hash: 'f3', Line: 9, RegexName: 'jwt', String: 'ey…A' },
        ],
      },
      { ...lower, Path: '/app/.npmrc', Strings: [{ Hash: 'f2', Line: 2, RegexName: 'npm-token', String: 'np…9' }] },
    ]);
  });

  it('lists the layers, with empty texts where the history is silent', () => {
    expect(toFalconInventory(debian, context).inventory.Layers).toEqual([
      { CreatedAt: '2026-07-01T08:00:00Z', CreatedBy: 'ADD rootfs', Digest: digest('1'), Size: 1000, type: 0 },
      { CreatedAt: '', CreatedBy: '', Digest: digest('2'), Size: 24, type: 0 },
    ]);
  });

  it('gives an image without a distribution empty values, not missing ones', () => {
    const { inventory } = toFalconInventory(scratch, context);
    expect(inventory).toMatchObject({
      ELFBinaries: [],
      Packages: [],
      Layers: [],
      OSInfo: { Name: '', Version: '' },
      ai_related: false,
      InventoryEngineInfo: {
        CWPPScannerVersion: '4.5.6',
        CollectedAt: '2026-08-01T12:00:00Z',
        EngineVersion: '4.5.6',
        MalwareMetadata: {},
      },
    });
    expect(inventory.ImageInfo).toEqual({
      Architecture: 'amd64',
      Digest: digest('a'),
      ID: digest('b'),
      IndexDigest: '',
      Registry: 'ghcr.io',
      Repository: 'acme/tool',
      Size: 0,
    });
  });

  it('marks libraries for machine learning, and the image that has one', () => {
    const [, leftPad] = debian.packages;
    const torch = { ...leftPad!, type: 'pypi', namespace: undefined, name: 'Torch' };
    const { inventory } = toFalconInventory({ ...scratch, packages: [leftPad!, torch] }, context);
    const libraries = inventory.ApplicationPackages!.flatMap((each) => each.libraries);
    expect(libraries.map(({ Name, ai_related }) => [Name, ai_related])).toEqual([
      ...[
        ['@acme/left-pad', undefined],
        ['@acme/left-pad', undefined],
        ['Torch', true],
        ['Torch', true],
      ],
    ]);
    expect(inventory.ai_related).toBe(true);
  });

  it('says when a package was installed', () => {
    const [pam] = debian.packages;
    const details = { installedAt: '2026-07-01T08:00:00Z' };
    const { Packages } = toFalconInventory({ ...debian, packages: [{ ...pam!, details }] }, context).inventory;
    expect(Packages).toMatchObject([{ InstallDate: '2026-07-01T08:00:00Z', Status: 'installed' }]);
  });

  it('describes Windows, by its platform or by what its registry says', () => {
    const platform = { os: 'windows', architecture: 'amd64', osVersion: '10.0.20348.2582' };
    const windows = { ...scratch, subject: { ...scratch.subject, platform } };
    const { OSInfo, Config } = toFalconInventory(windows, context).inventory;
    expect(OSInfo).toEqual({ Name: 'Windows', Version: '10.0.20348.2582' });
    expect(Config['os.version']).toBe('10.0.20348.2582');
    const names = { displayVersion: '21H2', editionId: 'ServerDatacenter', installType: 'Server Core' };
    const distro = { id: 'windows', name: 'Windows Server 2022', versionId: '10.0.20348', layer: 0, ...names };
    expect(toFalconInventory({ ...windows, distro }, context).inventory.OSInfo).toEqual({
      ...{ DisplayVersion: '21H2', EditionID: 'ServerDatacenter', InstallType: 'Server Core', LayerIndex: 0 },
      ...{ Name: 'Windows Server 2022', Version: '10.0.20348' },
    });
  });

  it('calls layers by their content where that is wanted and known, but not in the manifest', () => {
    const { inventory } = toFalconInventory({ ...debian, subject: { ...debian.subject, manifest: {} } }, context, {
      layerHash: 'diffId',
      layerType: 7,
    });
    expect(inventory.Layers).toMatchObject([
      { Digest: digest('3'), type: 7 },
      { Digest: digest('2'), type: 7 },
    ]);
    expect(inventory.OSInfo.LayerHash).toBe(digest('3'));
    expect(inventory.Manifest.layers.map((each) => each.digest)).toEqual([digest('1'), digest('2')]);
    expect(() => toFalconInventory(scratch, context, { layerType: 0.5 })).toThrow('[OPTIONS_INVALID] layerType');
  });

  it('mirrors the image in the scan request, with empty keys', () => {
    const { inventory, scan_request } = toFalconInventory(debian, context);
    expect(scan_request).toEqual({
      Config: inventory.Config,
      ConfigInfo: inventory.ConfigInfo,
      ImageInfo: inventory.ImageInfo,
      ImageMetadata: {},
      Layers: inventory.Layers,
      Manifest: inventory.Manifest,
      ScanInfo: { RequestedAt: '2026-08-01T12:00:00Z' },
      high_entropy_strings_s3_key: '',
      image_inventory_s3_key: '',
      layer_inventory_s3_key: '',
      scan_report_s3_key: '',
      scan_request_s3_key: '',
    });
  });

  it('points at the lowest layer for a package without a place', () => {
    const [os] = debian.packages;
    const request = toFalconInventory({ ...scratch, packages: [{ ...os!, occurrences: [], details: {} }] }, context);
    expect(request.inventory.Packages).toMatchObject([{ LayerIndex: 0, Status: 'installed' }]);
    expect(checkInventoryScanRequest(request).valid).toBe(true);
  });
});
