import type { MarkerEnvironment } from './evaluate-marker.ts';

/** A directory of Windows images in which their files lie. */
const windowsRoot = /^(?:Files|UtilityVM)\//;

/**
 * What is known of the Python that uses a metadata file, by the place of the file: its version from a directory like
 * `lib/python3.11/site-packages`, and that it runs on Linux unless the file lies in a Windows image.
 */
export function markerEnvironment(path: string): MarkerEnvironment {
  const version = /(?:^|\/)lib(?:64)?\/(?:python|pypy)(\d+\.\d+)\//.exec(path)?.[1];
  return {
    ...(windowsRoot.test(path) ? {} : { os_name: 'posix', sys_platform: 'linux', platform_system: 'Linux' }),
    ...(version !== undefined && { python_version: version }),
  };
}
