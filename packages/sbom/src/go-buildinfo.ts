export type { RandomAccess } from './catalog/cataloger.ts';
export type { GoBuildInfo, GoModule } from './catalogers/go-binary/go-build-info.ts';
export { mainModuleVersion } from './catalogers/go-binary/main-module-version.ts';
export { parseGoModuleInfo } from './catalogers/go-binary/parse-module-info.ts';
export { readGoBuildInfo } from './catalogers/go-binary/read-go-build-info.ts';
