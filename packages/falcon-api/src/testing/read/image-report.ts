import type { RouteCall } from '../double-route.ts';
import type { ImageFacts } from './image-facts.ts';
import { cidOf } from './read-parts.ts';
import { reportedVulnerability } from './vulnerability-routes.ts';

/** The report of an image in the cloud's own form. */
export function imageReport(image: ImageFacts, call: RouteCall): Readonly<Record<string, unknown>> {
  const { inventory } = image.request;
  return {
    ScanInfo: {
      cid: cidOf(call),
      Username: '',
      UserUUID: '',
      ScanUUID: image.id,
      CorrelationUUID: image.id,
      RequestedAt: image.lastSeen,
    },
    ImageInfo: inventory.ImageInfo,
    Config: inventory.Config,
    OSInfo: inventory.OSInfo,
    Vulnerabilities: image.vulnerabilities.map(reportedVulnerability),
    Detections: image.detections.map((seed) => ({
      Detection: {
        ID: seed.id,
        Type: seed.type,
        Name: seed.name,
        Title: seed.title ?? '',
        Description: seed.description ?? '',
        Remediation: seed.remediation ?? '',
        Severity: seed.severity,
        Details: {},
      },
    })),
    Layers: inventory.Layers,
    Packages: inventory.Packages,
    ELFBinaries: inventory.ELFBinaries,
    InventoryEngineInfo: inventory.InventoryEngineInfo,
    DetectionEngineInfo: { PerformedAt: image.lastSeen, EngineVersion: 'double' },
    Manifest: inventory.Manifest,
  };
}
