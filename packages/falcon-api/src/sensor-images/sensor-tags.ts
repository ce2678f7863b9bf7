import { compareVersionTags } from './compare-version-tags.ts';
import type { SensorImageType } from './sensor-image-type.ts';
import type { SensorPlatform } from './sensor-platform.ts';

/** Whose tags are versions of three numbers and nothing else. */
const plainTypes: ReadonlySet<SensorImageType> = new Set([
  'falcon-imageanalyzer',
  'falcon-imageanalyzer-regional',
  'falcon-snapshot',
  'fcs',
  'falcon-jobcontroller',
  'falcon-registryassessmentexecutor',
]);

/** Options of {@link sensorTags}. */
export interface SensorTagsOptions {
  /** Leaves out images for the other platform alone. Images for several platforms name none, and stay. */
  readonly platform?: SensorPlatform | undefined;
}

/**
 * The tags of an image that name versions, each once, from the oldest to the newest. Left out are names such as
 * `latest`, so that the last one is the newest; signatures and other attachments (`sha256-…`); the parts of images for
 * several platforms (`…-amd64`); and for the types whose tags are plain versions everything else than `x.y.z`. The pull
 * script makes `0.0.0` of those and cuts what follows the third number; a tag that does not exist is of no use.
 *
 * @param tags - As the registry lists them, in any order.
 */
export function sensorTags(
  type: SensorImageType,
  tags: Iterable<string>,
  { platform }: SensorTagsOptions = {},
): readonly string[] {
  const isVersion = plainTypes.has(type) ? isPlainVersion : (tag: string) => isBuild(tag, platform);
  return [...new Set(tags)].filter(isVersion).sort(compareVersionTags);
}

function isPlainVersion(tag: string): boolean {
  return /^\d+\.\d+\.\d+$/.test(tag);
}

function isBuild(tag: string, platform: SensorPlatform | undefined): boolean {
  if (!/^\d/.test(tag) || /sha256|arm64|amd64/.test(tag)) {
    return false;
  }
  return platform === undefined || tag.includes(platform.tagWord) || !/x86_64|aarch64/.test(tag);
}
