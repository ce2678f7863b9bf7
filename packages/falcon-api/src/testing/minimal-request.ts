import type { InventoryScanRequest } from '../wire/inventory-scan-request.ts';

/**
 * The smallest body the published schema accepts: every required member, with empty values, for an image with the given
 * digest.
 */
export function minimalInventoryScanRequest(digest: string = `sha256:${'0'.repeat(64)}`): InventoryScanRequest {
  return {
    agent_uuid: '',
    agent_version: '',
    agent_version_hash: '',
    cluster_id: '',
    cluster_name: '',
    helm_version: '',
    host_ip: '',
    host_name: '',
    inventory: {
      ...imageParts(),
      ELFBinaries: [],
      ImageInfo: { Architecture: 'amd64', Digest: digest, ID: '', IndexDigest: '', Size: 0 },
      InventoryEngineInfo: { CWPPScannerVersion: '', EngineVersion: '', MalwareMetadata: {} },
      OSInfo: { Name: '', Version: '' },
      Packages: [],
    },
    original_image_name: '',
    runmode: '',
    scan_request: {
      ...imageParts(),
      ImageMetadata: {},
      high_entropy_strings_s3_key: '',
      image_inventory_s3_key: '',
      layer_inventory_s3_key: '',
      scan_report_s3_key: '',
      scan_request_s3_key: '',
    },
  };
}

type ImageParts = Pick<InventoryScanRequest['scan_request'], 'Config' | 'ConfigInfo' | 'Layers' | 'Manifest'>;

/** What inventory and scan request both hold. */
function imageParts(): ImageParts {
  return {
    Config: { architecture: 'amd64', os: 'linux', rootfs: { diff_ids: [], type: 'layers' } },
    ConfigInfo: {
      Cmd: [],
      Entrypoint: [],
      Env: [],
      ExposedPorts: {},
      Labels: {},
      StopSignal: '',
      User: '',
      Volumes: {},
      WorkingDir: '',
    },
    Layers: [],
    Manifest: { config: { digest: '', mediaType: '', size: 0 }, layers: [], schemaVersion: 2 },
  };
}
