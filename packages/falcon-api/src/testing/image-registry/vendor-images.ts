import type { FalconCloudName } from '../../cloud/falcon-clouds.ts';
import { sensorImage } from '../../sensor-images/sensor-image.ts';
import { type SensorImageType, sensorImageTypes } from '../../sensor-images/sensor-image-type.ts';
import { buildSampleImage } from './build-image.ts';
import { type DoubleImage, storedContent } from './image-content.ts';

/** An image of the vendor's registry, or rather a small stand-in for it. */
export interface VendorImage {
  readonly repository: string;
  readonly tag: string;
  readonly image: DoubleImage;
}

/** In the order of characters 1.0.10 comes before 1.0.9, and one version begins with another. */
const plainTags = ['1.0.2', '1.0.9', '1.0.10', '1.0.23', '1.0.24', '1.1.0'];
const regionalTags = ['0.42.0', '1.0.9', '1.0.10'];

/** Tags by type, in the forms that the vendor uses for each. */
const tagsOf: Readonly<Record<SensorImageType, readonly string[]>> = {
  'falcon-imageanalyzer': plainTags,
  'falcon-imageanalyzer-regional': regionalTags,
  'falcon-sensor': builds('falcon-linux.Release.US-1', ['7.9.0-1700-1', '7.28.0-9001-1', '7.28.0-18109-1']),
  'falcon-sensor-regional': ['x86_64', 'aarch64'].flatMap((platform) =>
    builds(`falcon-linux.${platform}.Release.US-1`, ['7.9.0-1700-1', '7.28.0-18109-1']),
  ),
  'falcon-container': builds('container.Release.US-1', ['7.9.0-600', '7.28.0-6601']),
  'falcon-container-regional': builds('container.x86_64.Release.US-1', ['7.9.0-600', '7.28.0-6601']),
  'falcon-kac': builds('container.Release.US-1', ['7.9.0-200', '7.28.0-2404']),
  'falcon-kac-regional': builds('container.x86_64.Release.US-1', ['7.9.0-200', '7.28.0-2404']),
  'falcon-snapshot': plainTags,
  fcs: plainTags,
  'falcon-jobcontroller': plainTags,
  'falcon-registryassessmentexecutor': plainTags,
};

/** A stand-in for every image the vendor offers on a cloud, with tags that are no version beside those that are. */
export function vendorImages(cloud: FalconCloudName): readonly VendorImage[] {
  return sensorImageTypes.flatMap((type) => {
    const { repository } = sensorImage(type, { cloud });
    const images = tagsOf[type].map((tag) => ({ repository, tag, image: standIn(type, tag) }));
    const newest = images.at(-1);
    return newest === undefined ? [] : [...images, { ...newest, tag: 'latest' }, attachmentOf(newest)];
  });
}

/** Images for one platform say so in the tag. */
function standIn(type: SensorImageType, tag: string): DoubleImage {
  const files = { 'etc/falcon-image': `${type} ${tag}\n` };
  const only = tag.includes('x86_64') ? ['amd64'] : tag.includes('aarch64') ? ['arm64'] : undefined;
  return buildSampleImage(only === undefined ? { files } : { files, architectures: only });
}

/** What signing tools leave beside an image: a tag made of its digest. */
function attachmentOf({ repository, image }: VendorImage): VendorImage {
  const tag = `${image.root.digest.replace(':', '-')}.sig`;
  const signature = buildSampleImage({
    files: { signature: storedContent('', image.root.bytes).digest },
    architectures: ['amd64'],
  });
  return { repository, tag, image: signature };
}

function builds(suffix: string, versions: readonly string[]): readonly string[] {
  return versions.map((version) => `${version}.${suffix}`);
}
