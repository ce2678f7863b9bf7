import type { ConfigInfo } from '../wire/config-info.ts';
import type { HighEntropyFile } from '../wire/high-entropy-strings.ts';
import type { ImageInfo } from '../wire/image-info.ts';
import type { InventoryScanRequest } from '../wire/inventory-scan-request.ts';
import type { DescriptorDocument } from '../wire/manifest-document.ts';

/** A body with every member the published schema knows, optional ones included, and one item in every array. */
export function fullInventoryScanRequest(): InventoryScanRequest {
  const layer = `sha256:${'1'.repeat(64)}`;
  return {
    agent_uuid: '6f1c2f6e-3f0e-4a55-9a39-0f8a4a4f2c11',
    agent_version: '1.2.3',
    agent_version_hash: '0123456789abcdef0123456789abcdef01234567',
    cluster_id: 'c7b6a1de-8f4e-4d40-8a4e-1b1f7b0f4f7a',
    cluster_name: 'production',
    container_id: 'f00d',
    ephemeral_scan: false,
    helm_version: '1.2.0',
    high_entropy_strings: [secretFile(layer)],
    host_ip: '10.0.0.7',
    host_name: 'node-7',
    inventory: {
      ...imageParts(layer),
      ...contents({ LayerHash: layer, LayerIndex: 0 }),
      InventoryEngineInfo: {
        CWPPScannerVersion: '1.2.3',
        CollectedAt: '2026-08-01T12:00:00Z',
        EngineVersion: '1.2.3',
        MalwareMetadata: { model: '7' },
      },
      ai_related: true,
      high_entropy_s3_file_exists: false,
      interesting_strings: [secretFile(layer)],
    },
    original_image_name: 'acme/shop:1.2',
    pod_id: '2f1d8f0b-18a7-4a53-a9cf-c2d5dcd7f2d5',
    pod_name: 'shop-0',
    pod_namespace: 'shop',
    runmode: 'watcher',
    runtime_type: 'containerd',
    scan_request: {
      ...imageParts(layer),
      ImageMetadata: {
        image_metadata_config_s3_key: '',
        image_metadata_high_entropy_strings_s3_key: '',
        image_metadata_image_inventory_s3_key: '',
        image_metadata_image_inventory_s3_path: '',
        image_metadata_manifest_s3_key: '',
        image_metadata_scan_report_s3_key: '',
      },
      ScanInfo: {
        CorrelationUUID: 'b3f6',
        RequestedAt: '2026-08-01T12:00:00Z',
        ScanUUID: 'a9c1',
        UserUUID: '',
        Username: '',
        cid: '0123456789abcdef0123456789abcdef',
      },
      high_entropy_strings_s3_key: '',
      image_inventory_s3_key: '',
      layer_inventory_s3_key: '',
      scan_report_s3_key: '',
      scan_request_s3_key: '',
    },
  };
}

function secretFile(layer: string): HighEntropyFile {
  return {
    LayerHash: layer,
    LayerIndex: 0,
    Path: '/app/.env',
    Strings: [{ Hash: 'ab12', Line: 3, Name: 'API_KEY', RegexName: 'api-key', String: 'ab…yz' }],
  };
}

type ImageParts = Pick<
  InventoryScanRequest['inventory'],
  'Config' | 'ConfigInfo' | 'ImageInfo' | 'Layers' | 'Manifest'
>;

/** What inventory and scan request both hold. */
function imageParts(layer: string): ImageParts {
  const created = '2026-07-01T08:00:00.123456789Z';
  return {
    Config: {
      architecture: 'arm64',
      author: 'acme',
      config: { ...configInfo(), ArgsEscaped: false },
      created,
      history: [{ author: 'acme', comment: 'buildkit', created, created_by: 'COPY . .', empty_layer: false }],
      os: 'linux',
      'os.features': ['f'],
      'os.version': '1',
      rootfs: { diff_ids: [`sha256:${'2'.repeat(64)}`], type: 'layers' },
      variant: 'v8',
    },
    ConfigInfo: configInfo(),
    ImageInfo: imageInfo(created),
    Layers: [
      {
        CreatedAt: created,
        CreatedBy: 'COPY . .',
        Digest: layer,
        Size: 1024,
        layer_inventory_s3_key: '',
        layer_reference_key: '',
        layer_reference_type: 0,
        type: 0,
      },
    ],
    Manifest: {
      annotations: { 'org.opencontainers.image.title': 'shop' },
      artifactType: 'application/vnd.acme.shop',
      config: descriptor('application/vnd.oci.image.config.v1+json', `sha256:${'3'.repeat(64)}`),
      layers: [descriptor('application/vnd.oci.image.layer.v1.tar+gzip', layer)],
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      schemaVersion: 2,
      subject: descriptor('application/vnd.oci.image.manifest.v1+json', `sha256:${'4'.repeat(64)}`),
    },
  };
}

function configInfo(): ConfigInfo {
  return {
    Cmd: ['shop'],
    Entrypoint: ['/bin/sh', '-c'],
    Env: ['PATH=/bin'],
    ExposedPorts: { '80/tcp': {} },
    Labels: { maintainer: 'acme' },
    StopSignal: 'SIGTERM',
    User: '1000',
    Volumes: { '/data': {} },
    WorkingDir: '/app',
  };
}

function imageInfo(created: string): ImageInfo {
  return {
    Architecture: 'arm64',
    CreatedAt: created,
    Digest: `sha256:${'5'.repeat(64)}`,
    ID: `sha256:${'3'.repeat(64)}`,
    IndexDigest: `sha256:${'6'.repeat(64)}`,
    Registry: 'registry.acme.test',
    Repository: 'acme/shop',
    Size: 1024,
    Tag: '1.2',
    config_s3_key: '',
    manifest_s3_key: '',
    scan_request_s3_key: '',
    source: 'agent',
  };
}

function descriptor(mediaType: string, digest: string): DescriptorDocument {
  return {
    annotations: { key: 'value' },
    artifactType: 'application/vnd.acme.shop',
    data: 'e30=',
    digest,
    mediaType,
    platform: { architecture: 'arm64', os: 'linux', 'os.features': ['f'], 'os.version': '1', variant: 'v8' },
    size: 2,
    urls: ['https://blobs.acme.test/1'],
  };
}

type Contents = Pick<
  InventoryScanRequest['inventory'],
  'ApplicationPackages' | 'ELFBinaries' | 'HashedFiles' | 'MLModels' | 'OSInfo' | 'Packages' | 'whiteout_files'
>;

/** What only the inventory holds. */
function contents(at: { readonly LayerHash: string; readonly LayerIndex: number }): Contents {
  const file = { ...at, Hash: 'ab'.repeat(32), Path: '/bin/shop', Size: 512 };
  return {
    ApplicationPackages: [
      {
        libraries: [
          {
            ...at,
            Hash: 'ab',
            License: 'MIT',
            Name: 'left-pad',
            Path: '/app/package.json',
            Version: '1.3.0',
            ai_related: false,
          },
        ],
        type: 1,
      },
    ],
    ELFBinaries: [{ ...file, Details: {}, Malicious: false, Permissions: '-rwxr-xr-x' }],
    HashedFiles: [{ ...file, Permissions: '-rw-r--r--' }],
    MLModels: [{ ...file, Details: {}, DetectionName: '', Malicious: false }],
    OSInfo: { ...at, DisplayVersion: '', EditionID: '', InstallType: '', Name: 'Debian', Version: '12' },
    Packages: [
      {
        ...at,
        InstallDate: '2026-07-01',
        MajorVersion: '5.2.15-2+b2',
        PackageHash: 'cd',
        PackageProvider: 'deb',
        PackageSource: 'bash 5.2.15-2',
        Product: 'bash',
        SoftwareArchitecture: 'arm64',
        Status: 'install ok installed',
        Vendor: 'Debian',
      },
    ],
    whiteout_files: ['/etc/motd'],
  };
}
