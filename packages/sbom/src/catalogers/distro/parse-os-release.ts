import { withoutUndefined } from '../without-undefined.ts';
import { parseAssignments } from './parse-assignments.ts';
import type { ReleaseFacts } from './release-facts.ts';

/** What os-release(5) says an absent `ID` means. */
const defaultId = 'linux';

/**
 * Reads an os-release file, format os-release(5).
 *
 * @returns undefined for a file that names no distribution at all
 */
export function parseOsRelease(text: string): ReleaseFacts | undefined {
  const values = parseAssignments(text);
  const value = (name: string) => values.get(name) || undefined;
  const facts = withoutUndefined({
    id: value('ID')?.toLowerCase(),
    idLike: value('ID_LIKE')?.toLowerCase().split(/\s+/),
    name: value('NAME'),
    prettyName: value('PRETTY_NAME'),
    versionId: value('VERSION_ID'),
    versionCodename: value('VERSION_CODENAME') ?? value('UBUNTU_CODENAME'),
    buildId: value('BUILD_ID'),
    variantId: value('VARIANT_ID'),
    cpeName: value('CPE_NAME'),
  });
  if (facts.id === undefined && facts.name === undefined && facts.prettyName === undefined) return undefined;
  return { ...facts, id: facts.id ?? defaultId };
}

/** Reads `/etc/lsb-release`, which Ubuntu and its kin have. */
export function parseLsbRelease(text: string): ReleaseFacts | undefined {
  const values = parseAssignments(text);
  const value = (name: string) => values.get(name) || undefined;
  const id = value('DISTRIB_ID')?.toLowerCase();
  if (id === undefined) return undefined;
  return {
    id,
    ...withoutUndefined({
      name: value('DISTRIB_ID'),
      prettyName: value('DISTRIB_DESCRIPTION'),
      versionId: value('DISTRIB_RELEASE'),
      versionCodename: value('DISTRIB_CODENAME'),
    }),
  };
}
