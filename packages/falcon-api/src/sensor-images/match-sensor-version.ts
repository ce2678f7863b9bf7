import { compareVersionTags } from './compare-version-tags.ts';

/**
 * The newest tag of a version, as far as that is told: `7` is the newest of all 7.x.y, `7.31` the newest 7.31.x, `7.31.0`
 * its newest build; without a version it is the newest of all. A tag that is exactly the version is it. Case does not
 * matter. `undefined` where there is none.
 *
 * The version must end where a number or word of the tag ends. The pull script takes a version of three numbers for the
 * beginning of any text, so that `1.0.2` finds `1.0.24` there, and even where `1.0.2` exists; and it takes the dots for
 * any character, and compares what it has put in lower case with tags that are not, so that a whole tag finds nothing.
 *
 * @param tags - Names that begin with no number, such as `latest`, are no versions.
 */
export function matchSensorVersion(tags: Iterable<string>, version?: string): string | undefined {
  const versions = [...tags].filter((tag) => /^\d/.test(tag)).sort(compareVersionTags);
  const wanted = version?.trim().toLowerCase() ?? '';
  if (wanted === '') {
    return versions.at(-1);
  }
  const exact = versions.find((tag) => tag.toLowerCase() === wanted);
  return exact ?? versions.findLast((tag) => continues(tag.toLowerCase(), wanted));
}

/** Whether a tag goes on after the version, with a new number or word. */
function continues(tag: string, version: string): boolean {
  if (!tag.startsWith(version)) {
    return false;
  }
  const border = `${version.at(-1)}${tag.charAt(version.length)}`;
  return !/^(?:\d\d|[a-z]{2})$/.test(border);
}
