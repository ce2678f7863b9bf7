// A Java archive and all archives in it.

// What they are read from.
export type { RandomAccess } from './catalog/cataloger.ts';
export type { JavaArchiveLimits } from './catalogers/java-archive/archive-work.ts';
export { defaultJavaArchiveLimits } from './catalogers/java-archive/archive-work.ts';
export { javaArchiveCataloger } from './catalogers/java-archive/cataloger.ts';
export type { JavaArchive, JavaArchiveFacts, JavaEvidence, JavaPackage } from './catalogers/java-archive/facts.ts';
// Its parts.
export { type ArchiveFileName, parseFileName } from './catalogers/java-archive/parse-file-name.ts';
export { type JarManifest, parseManifest } from './catalogers/java-archive/parse-manifest.ts';
export { type PomCoordinates, parsePomProperties } from './catalogers/java-archive/parse-pom-properties.ts';
export { type ReadJavaArchiveOptions, readJavaArchive } from './catalogers/java-archive/read-java-archive.ts';
export { type Pom, type PomDependency, parsePom } from './catalogers/maven-pom/parse-pom.ts';
export { SbomError, type SbomErrorCode } from './sbom-error.ts';
export { type OpenZipOptions, openZip, type ZipArchive } from './zip/open-zip.ts';
export type { ZipDefect, ZipEntry } from './zip/zip-entry.ts';
