/** What the Ubuntu Pro client calls the services that bring updates beyond the standard support. */
const service = /^esm-(?:infra|apps)(?:-legacy)?$/;

/**
 * Reads the status that the Ubuntu Pro client leaves in an image: whether the Expanded Security Maintenance of any part
 * is enabled. Packages of such an image have versions that the public archive does not know.
 *
 * @returns undefined where it is no such status
 */
export function parseUbuntuProStatus(text: string): boolean | undefined {
  let status: unknown;
  try {
    status = JSON.parse(text);
  } catch {
    // Not a status; the distribution is known without it.
    return undefined;
  }
  const services: unknown = typeof status === 'object' && status !== null && 'services' in status ? status.services : 0;
  if (!Array.isArray(services)) return undefined;
  return services.some((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null || !('name' in entry) || !('status' in entry)) return false;
    return typeof entry.name === 'string' && service.test(entry.name) && entry.status === 'enabled';
  });
}
