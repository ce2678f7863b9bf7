// The parsers of dpkg's and apt's files alone, without catalogers: text in, plain data out.

export {
  createDpkgAvailableParser,
  type DpkgArchive,
  type DpkgAvailableParser,
  maxDpkgArchives,
  parseDpkgAvailable,
} from './catalogers/dpkg/parse-available.ts';
export { type DpkgConffile, parseConffiles } from './catalogers/dpkg/parse-conffiles.ts';
export {
  type DebianCopyright,
  maxCopyrightLicenses,
  parseCopyright,
} from './catalogers/dpkg/parse-copyright.ts';
export {
  createExtendedStatesParser,
  type ExtendedStatesParser,
  maxAutoInstalled,
  parseExtendedStates,
} from './catalogers/dpkg/parse-extended-states.ts';
export { dpkgListReader, md5sumsPath } from './catalogers/dpkg/parse-file-list.ts';
export { parseRelations } from './catalogers/dpkg/parse-relations.ts';
export {
  createDpkgStatusParser,
  type DpkgPackage,
  type DpkgStatus,
  type DpkgStatusParser,
  dpkgStates,
  maxDpkgPackages,
  parseDpkgStatus,
} from './catalogers/dpkg/parse-status.ts';
export { spdxExpression } from './license/spdx-expression.ts';
export { spdxLicenseId } from './license/spdx-license-id.ts';
export type { PackageHash } from './model/package.ts';
