import { FalconError } from '../falcon-error.ts';

/** A platform of the vendor's images. */
export interface SensorPlatform {
  readonly os: 'linux';
  /** As OCI calls it. */
  readonly architecture: 'amd64' | 'arm64';
  /** As tags of images for one platform call it. */
  readonly tagWord: 'x86_64' | 'aarch64';
}

const amd64: SensorPlatform = { os: 'linux', architecture: 'amd64', tagWord: 'x86_64' };
const arm64: SensorPlatform = { os: 'linux', architecture: 'arm64', tagWord: 'aarch64' };
const spellings: ReadonlyMap<string, SensorPlatform> = new Map([
  ['x86_64', amd64],
  ['amd64', amd64],
  ['aarch64', arm64],
  ['arm64', arm64],
]);

/**
 * Reads a platform as the pull script spells it (`x86_64`, `aarch64`) or as OCI does (`linux/amd64`, `arm64`). Case does
 * not matter.
 *
 * @throws FalconError `OPTIONS_INVALID` for any other.
 */
export function parseSensorPlatform(text: string): SensorPlatform {
  const found = spellings.get(
    text
      .trim()
      .toLowerCase()
      .replace(/^linux\//, ''),
  );
  if (found !== undefined) {
    return found;
  }
  throw new FalconError('OPTIONS_INVALID', `platform: there are no images for ${JSON.stringify(text.slice(0, 40))}`, {
    hint: 'The platforms are x86_64 (linux/amd64) and aarch64 (linux/arm64).',
  });
}
