/** Characters that CycloneDX 1.6 allows in a version. */
const maxVersionLength = 1_024;

/** A version as CycloneDX can hold it: no package system writes a longer one, but a file may say anything. */
export function cycloneDxVersion(version: string): string {
  return version.length <= maxVersionLength ? version : version.slice(0, maxVersionLength).toWellFormed();
}
