import { FalconError } from '../falcon-error.ts';

/**
 * Every image of the vendor's registry that its pull script (`falcon-container-sensor-pull.sh` 1.12.1) knows, by the
 * names it has there. `-regional` is the older place of the same image, one for each cloud.
 */
export const sensorImageTypes = [
  'falcon-imageanalyzer',
  'falcon-imageanalyzer-regional',
  'falcon-sensor',
  'falcon-sensor-regional',
  'falcon-container',
  'falcon-container-regional',
  'falcon-kac',
  'falcon-kac-regional',
  'falcon-snapshot',
  'fcs',
  'falcon-jobcontroller',
  'falcon-registryassessmentexecutor',
] as const;

/** An image of the vendor's registry. */
export type SensorImageType = (typeof sensorImageTypes)[number];

/**
 * The type that a text names. Case does not matter.
 *
 * @throws FalconError `OPTIONS_INVALID` for any other text; the hint lists the types.
 */
export function parseSensorImageType(text: string): SensorImageType {
  const wanted = text.trim().toLowerCase();
  const found = sensorImageTypes.find((type) => type === wanted);
  if (found !== undefined) {
    return found;
  }
  throw new FalconError('OPTIONS_INVALID', `image type: there is no ${JSON.stringify(text.slice(0, 60))}`, {
    hint: `The types are ${sensorImageTypes.join(', ')}.`,
  });
}
