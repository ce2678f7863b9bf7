import type { LazyCataloger } from '../worker/serve-catalogers.ts';

/**
 * The catalogers of this package that ask to be run apart. A worker loads one when its first file comes: starting with
 * all of them would take longer than most files.
 */
export const isolatedCatalogers: readonly LazyCataloger[] = [
  {
    ...{ name: 'beam', version: '1' },
    load: async () => (await import('./beam/cataloger.ts')).beamCataloger,
  },
  {
    ...{ name: 'bitnami', version: '1' },
    load: async () => (await import('./bitnami/cataloger.ts')).bitnamiCataloger,
  },
  {
    ...{ name: 'bun-lock', version: '1' },
    load: async () => (await import('./bun/cataloger.ts')).bunLockCataloger,
  },
  {
    ...{ name: 'cargo', version: '1' },
    load: async () => (await import('./cargo/cataloger.ts')).cargoCataloger,
  },
  {
    ...{ name: 'chisel', version: '1' },
    load: async () => (await import('./chisel/cataloger.ts')).chiselCataloger,
  },
  {
    ...{ name: 'cocoapods', version: '1' },
    load: async () => (await import('./cocoapods/cataloger.ts')).cocoapodsCataloger,
  },
  {
    ...{ name: 'conan', version: '1' },
    load: async () => (await import('./conan/cataloger.ts')).conanCataloger,
  },
  {
    ...{ name: 'conda', version: '1' },
    load: async () => (await import('./conda/cataloger.ts')).condaCataloger,
  },
  {
    ...{ name: 'dart', version: '1' },
    load: async () => (await import('./dart/cataloger.ts')).dartCataloger,
  },
  {
    ...{ name: 'deno-lock', version: '1' },
    load: async () => (await import('./deno/cataloger.ts')).denoLockCataloger,
  },
  {
    ...{ name: 'dotnet', version: '1' },
    load: async () => (await import('./dotnet/cataloger.ts')).dotnetCataloger,
  },
  {
    ...{ name: 'embedded-sbom', version: '1' },
    load: async () => (await import('./embedded-sbom/cataloger.ts')).embeddedSbomCataloger,
  },
  {
    ...{ name: 'flatpak', version: '1' },
    load: async () => (await import('./flatpak/cataloger.ts')).flatpakCataloger,
  },
  {
    ...{ name: 'haskell', version: '1' },
    load: async () => (await import('./haskell/cataloger.ts')).haskellCataloger,
  },
  {
    ...{ name: 'java-archive', version: '1' },
    load: async () => (await import('./java-archive/cataloger.ts')).javaArchiveCataloger,
  },
  {
    ...{ name: 'julia', version: '1' },
    load: async () => (await import('./julia/cataloger.ts')).juliaCataloger,
  },
  {
    ...{ name: 'lua', version: '1' },
    load: async () => (await import('./lua/cataloger.ts')).luaCataloger,
  },
  {
    ...{ name: 'npm-lock', version: '1' },
    load: async () => (await import('./npm/lock-cataloger.ts')).npmLockCataloger,
  },
  {
    ...{ name: 'ocaml', version: '1' },
    load: async () => (await import('./ocaml/cataloger.ts')).ocamlCataloger,
  },
  {
    ...{ name: 'perl', version: '1' },
    load: async () => (await import('./perl/cataloger.ts')).perlCataloger,
  },
  {
    ...{ name: 'pnpm-lock', version: '1' },
    load: async () => (await import('./pnpm/cataloger.ts')).pnpmLockCataloger,
  },
  {
    ...{ name: 'python-archive', version: '1' },
    load: async () => (await import('./python/archive-cataloger.ts')).pythonArchiveCataloger,
  },
  {
    ...{ name: 'python-lock', version: '1' },
    load: async () => (await import('./python/lock-cataloger.ts')).pythonLockCataloger,
  },
  {
    ...{ name: 'rpm', version: '1' },
    load: async () => (await import('./rpm/cataloger.ts')).rpmCataloger,
  },
  {
    ...{ name: 'snap', version: '1' },
    load: async () => (await import('./snap/cataloger.ts')).snapCataloger,
  },
  {
    ...{ name: 'vcpkg', version: '1' },
    load: async () => (await import('./vcpkg/cataloger.ts')).vcpkgCataloger,
  },
  {
    ...{ name: 'yarn-cache', version: '1' },
    load: async () => (await import('./yarn/cache-cataloger.ts')).yarnCacheCataloger,
  },
  {
    ...{ name: 'yarn-lock', version: '1' },
    load: async () => (await import('./yarn/cataloger.ts')).yarnLockCataloger,
  },
];
