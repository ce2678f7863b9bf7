/**
 * Takes the file name of a source package apart: `bash-5.1.8-6.el9.src.rpm` is `bash` at `5.1.8-6.el9`.
 *
 * @returns undefined where it is no such name
 */
export function parseSourceRpm(fileName: string): { name: string; version: string } | undefined {
  const label = /^(.+)\.(?:no)?src\.rpm$/.exec(fileName)?.[1];
  if (label === undefined) return undefined;
  const release = label.lastIndexOf('-');
  const version = label.lastIndexOf('-', release - 1);
  if (version <= 0) return undefined;
  return { name: label.slice(0, version), version: label.slice(version + 1) };
}
