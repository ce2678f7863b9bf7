import { z } from 'zod';
import {
  flag,
  type JsonObject,
  jsonObject,
  list,
  mapOf,
  model,
  neededText,
  number,
  part,
  text,
  texts,
} from '../call/model.ts';

/** The package a finding is about: `Vulnerability.Product` and `Packages[]` of a report. */
export interface ReportedPackage {
  readonly Vendor?: string;
  /** The package's name. */
  readonly Product?: string;
  /** The full version. */
  readonly MajorVersion?: string;
  readonly SoftwareArchitecture?: string;
  readonly PackageProvider?: string;
  readonly PackageSource?: string;
  /** Digest of the layer that brought it. */
  readonly LayerHash?: string;
  /** 0 = lowest. */
  readonly LayerIndex?: number;
}

/** One vulnerability of a report. */
export interface ReportedVulnerability {
  readonly CVEID: string;
  readonly LayerHash?: string;
  /** RFC 3339. */
  readonly FirstSeen?: string;
  /** Texts; entries of 32 hexadecimal digits are ids of the cloud. */
  readonly Remediation: readonly string[];
  readonly FixedVersions: readonly string[];
  readonly Product?: ReportedPackage;
  /** Scores, references and exploit status, as the cloud wrote them; older reports have older members. */
  readonly Details?: JsonObject;
}

/** One detection of a report: malware, a secret, a misconfiguration, a failed benchmark rule. */
export interface ReportedDetection {
  readonly ID?: string;
  readonly Type?: string;
  readonly Name?: string;
  readonly Title?: string;
  readonly Description?: string;
  readonly Remediation?: string;
  /** `critical`, `high`, `medium`, `low` or `negligible`. */
  readonly Severity?: string;
  readonly Details?: JsonObject;
}

/** One layer of a report. */
export interface ReportedLayer {
  readonly Digest?: string;
  /** Bytes. */
  readonly Size?: number;
  readonly CreatedAt?: string;
  readonly CreatedBy?: string;
}

/** One executable of a report. */
export interface ReportedBinary {
  readonly Path?: string;
  readonly Hash?: string;
  /** Bytes. */
  readonly Size?: number;
  readonly Permissions?: string;
  readonly Malicious?: boolean;
}

/**
 * What the cloud found in an image. The published interface leaves its form open; these are the members that its
 * readers rely on, and all others are kept as they came.
 */
export interface ImageReport {
  /** Whose scan, and its ids: `cid`, `ScanUUID`, `RequestedAt`. */
  readonly ScanInfo: Readonly<Record<string, unknown>>;
  readonly ImageInfo: ReportedImage;
  /** The image's config document. */
  readonly Config: Readonly<Record<string, unknown>>;
  readonly OSInfo: { readonly Name?: string; readonly Version?: string };
  readonly Vulnerabilities: readonly { readonly Vulnerability: ReportedVulnerability }[];
  readonly Detections: readonly { readonly Detection: ReportedDetection }[];
  readonly Layers: readonly ReportedLayer[];
  readonly Packages: readonly ReportedPackage[];
  readonly ELFBinaries: readonly ReportedBinary[];
}

/** Which image a report is about. */
export interface ReportedImage {
  readonly Registry?: string;
  readonly Repository?: string;
  readonly Tag?: string;
  /** `algorithm:hex` of the config. */
  readonly ID?: string;
  /** `algorithm:hex` of the platform's manifest. */
  readonly Digest?: string;
  /** Bytes. */
  readonly Size?: number;
  readonly CreatedAt?: string;
  readonly Architecture?: string;
}

const reportedPackage: z.ZodType<ReportedPackage> = model<ReportedPackage>({
  Vendor: text,
  Product: text,
  MajorVersion: text,
  SoftwareArchitecture: text,
  PackageProvider: text,
  PackageSource: text,
  LayerHash: text,
  LayerIndex: number,
});

const vulnerability = model<ReportedVulnerability>({
  CVEID: neededText,
  LayerHash: text,
  FirstSeen: text,
  Remediation: texts,
  FixedVersions: texts,
  Product: part(reportedPackage),
  Details: part(jsonObject),
});

const detection = model<ReportedDetection>({
  ID: text,
  Type: text,
  Name: text,
  Title: text,
  Description: text,
  Remediation: text,
  Severity: text,
  Details: part(jsonObject),
});

const image = model<ReportedImage>({
  Registry: text,
  Repository: text,
  Tag: text,
  ID: text,
  Digest: text,
  Size: number,
  CreatedAt: text,
  Architecture: text,
});

const system = model<ImageReport['OSInfo']>({ Name: text, Version: text });
const layer = model<ReportedLayer>({ Digest: text, Size: number, CreatedAt: text, CreatedBy: text });
const binary = model<ReportedBinary>({ Path: text, Hash: text, Size: number, Permissions: text, Malicious: flag });

/** Reads a report in the cloud's own form. */
export const imageReportSchema: z.ZodType<ImageReport> = model<ImageReport>({
  ScanInfo: mapOf(z.unknown()),
  ImageInfo: image,
  Config: mapOf(z.unknown()),
  OSInfo: z.preprocess((value) => value ?? {}, system),
  Vulnerabilities: list(model<ImageReport['Vulnerabilities'][number]>({ Vulnerability: vulnerability })),
  Detections: list(model<ImageReport['Detections'][number]>({ Detection: detection })),
  Layers: list(layer),
  Packages: list(reportedPackage),
  ELFBinaries: list(binary),
});
