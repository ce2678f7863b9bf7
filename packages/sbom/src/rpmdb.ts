export type { RandomAccess } from './catalog/cataloger.ts';
export type { RpmDatabaseProblem, RpmDatabaseProblemCode } from './catalogers/rpm/database/database-problem.ts';
export type { OpenPgpSignature } from './catalogers/rpm/header/parse-openpgp-signature.ts';
export type { RpmFile, RpmFileState } from './catalogers/rpm/header/rpm-files.ts';
export {
  type RpmDatabaseLimits,
  type RpmDatabaseOptions,
  readRpmDatabase,
} from './catalogers/rpm/read-rpm-database.ts';
export { parseRpmPackage, type RpmPackage, rpmVersion } from './catalogers/rpm/rpm-package.ts';
export { SbomError, type SbomErrorCode } from './sbom-error.ts';
