// The parsers of apk's files alone, without the cataloger: text in, plain data out.
export {
  type ApkInstalled,
  type ApkInstalledOptions,
  type ApkInstalledParser,
  type ApkPackage,
  createApkInstalledParser,
  maxApkPackages,
  parseApkInstalled,
} from './catalogers/apk/parse-installed.ts';
export { apkRelationName } from './catalogers/apk/parse-relation.ts';
export { maxWorldNames, parseApkWorld } from './catalogers/apk/parse-world.ts';
// The form in which a package's files are kept.
export { decodeOwnedPaths, hashOwnedPath } from './catalogers/owned-path.ts';
