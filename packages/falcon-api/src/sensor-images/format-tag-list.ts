import type { SensorImage } from './sensor-image.ts';

/**
 * The JSON document that the pull script prints for `--list-tags`: two spaces deep, with a line end.
 *
 * @param registry - Host.
 * @param tags - As `sensorTags` gives them.
 */
export function formatTagList(registry: string, image: SensorImage, tags: readonly string[]): string {
  const repository = `${registry}/${image.repository}`;
  return `${JSON.stringify({ name: image.name, repository, tags }, undefined, 2)}\n`;
}
