import type { Cataloger } from '../catalog/cataloger.ts';
import { apkCataloger } from './apk/cataloger.ts';
import { beamCataloger } from './beam/cataloger.ts';
import { bitnamiCataloger } from './bitnami/cataloger.ts';
import { bottlerocketCataloger } from './bottlerocket/cataloger.ts';
import { bunLockCataloger } from './bun/cataloger.ts';
import { cargoCataloger } from './cargo/cataloger.ts';
import { chiselCataloger } from './chisel/cataloger.ts';
import { classifierCataloger } from './classifier/cataloger.ts';
import { cocoapodsCataloger } from './cocoapods/cataloger.ts';
import { conanCataloger } from './conan/cataloger.ts';
import { condaCataloger } from './conda/cataloger.ts';
import { cosCataloger } from './cos/cataloger.ts';
import { dartCataloger } from './dart/cataloger.ts';
import { denoLockCataloger } from './deno/cataloger.ts';
import { distroCataloger } from './distro/cataloger.ts';
import { dotnetCataloger } from './dotnet/cataloger.ts';
import { dotnetAssemblyCataloger } from './dotnet-assembly/cataloger.ts';
import { dpkgCataloger } from './dpkg/cataloger.ts';
import { elfNoteCataloger } from './elf-note/cataloger.ts';
import { embeddedSbomCataloger } from './embedded-sbom/cataloger.ts';
import { executableCataloger } from './executable/cataloger.ts';
import { flatpakCataloger } from './flatpak/cataloger.ts';
import { goBinaryCataloger } from './go-binary/cataloger.ts';
import { goModuleCataloger } from './go-module/cataloger.ts';
import { graalvmCataloger } from './graalvm/cataloger.ts';
import { gradleCataloger } from './gradle/cataloger.ts';
import { haskellCataloger } from './haskell/cataloger.ts';
import { homebrewCataloger } from './homebrew/cataloger.ts';
import { javaArchiveCataloger } from './java-archive/cataloger.ts';
import { juliaCataloger } from './julia/cataloger.ts';
import { jvmCataloger } from './jvm/cataloger.ts';
import { luaCataloger } from './lua/cataloger.ts';
import { mavenPomCataloger } from './maven-pom/cataloger.ts';
import { modelCataloger } from './model/cataloger.ts';
import { nimCataloger } from './nim/cataloger.ts';
import { nixCataloger } from './nix/cataloger.ts';
import { npmCataloger } from './npm/cataloger.ts';
import { npmLockCataloger } from './npm/lock-cataloger.ts';
import { ocamlCataloger } from './ocaml/cataloger.ts';
import { opkgCataloger } from './opkg/cataloger.ts';
import { pacmanCataloger } from './pacman/cataloger.ts';
import { perlCataloger } from './perl/cataloger.ts';
import { phpCataloger } from './php/cataloger.ts';
import { pnpmLockCataloger } from './pnpm/cataloger.ts';
import { portageCataloger } from './portage/cataloger.ts';
import { pythonArchiveCataloger } from './python/archive-cataloger.ts';
import { pythonCataloger } from './python/cataloger.ts';
import { pythonLockCataloger } from './python/lock-cataloger.ts';
import { rCataloger } from './r/cataloger.ts';
import { redHatContentCataloger } from './redhat-content/cataloger.ts';
import { rpmCataloger } from './rpm/cataloger.ts';
import { rpmManifestCataloger } from './rpm-manifest/cataloger.ts';
import { rubyCataloger } from './ruby/cataloger.ts';
import { rustBinaryCataloger } from './rust-binary/cataloger.ts';
import { snapCataloger } from './snap/cataloger.ts';
import { swiftCataloger } from './swift/cataloger.ts';
import { terraformCataloger } from './terraform/cataloger.ts';
import { vcpkgCataloger } from './vcpkg/cataloger.ts';
import { wordPressCataloger } from './wordpress/cataloger.ts';
import { yarnCacheCataloger } from './yarn/cache-cataloger.ts';
import { yarnLockCataloger } from './yarn/cataloger.ts';

/** Every cataloger that needs nothing from its host: of operating systems, of languages, of binaries. */
export const allCatalogers: readonly Cataloger[] = [
  distroCataloger as Cataloger,
  dpkgCataloger as Cataloger,
  chiselCataloger as Cataloger,
  opkgCataloger as Cataloger,
  apkCataloger as Cataloger,
  rpmCataloger as Cataloger,
  rpmManifestCataloger as Cataloger,
  bottlerocketCataloger as Cataloger,
  cosCataloger as Cataloger,
  redHatContentCataloger as Cataloger,
  pacmanCataloger as Cataloger,
  portageCataloger as Cataloger,
  nixCataloger as Cataloger,
  snapCataloger as Cataloger,
  flatpakCataloger as Cataloger,
  homebrewCataloger as Cataloger,
  bitnamiCataloger as Cataloger,
  npmCataloger as Cataloger,
  npmLockCataloger as Cataloger,
  yarnCacheCataloger as Cataloger,
  yarnLockCataloger as Cataloger,
  pnpmLockCataloger as Cataloger,
  bunLockCataloger as Cataloger,
  denoLockCataloger as Cataloger,
  pythonCataloger as Cataloger,
  pythonArchiveCataloger as Cataloger,
  pythonLockCataloger as Cataloger,
  condaCataloger as Cataloger,
  rubyCataloger as Cataloger,
  phpCataloger as Cataloger,
  dotnetCataloger as Cataloger,
  goModuleCataloger as Cataloger,
  cargoCataloger as Cataloger,
  beamCataloger as Cataloger,
  rCataloger as Cataloger,
  luaCataloger as Cataloger,
  dartCataloger as Cataloger,
  swiftCataloger as Cataloger,
  cocoapodsCataloger as Cataloger,
  conanCataloger as Cataloger,
  vcpkgCataloger as Cataloger,
  perlCataloger as Cataloger,
  haskellCataloger as Cataloger,
  ocamlCataloger as Cataloger,
  juliaCataloger as Cataloger,
  nimCataloger as Cataloger,
  wordPressCataloger as Cataloger,
  gradleCataloger as Cataloger,
  javaArchiveCataloger as Cataloger,
  jvmCataloger as Cataloger,
  mavenPomCataloger as Cataloger,
  goBinaryCataloger as Cataloger,
  rustBinaryCataloger as Cataloger,
  graalvmCataloger as Cataloger,
  dotnetAssemblyCataloger as Cataloger,
  elfNoteCataloger as Cataloger,
  executableCataloger as Cataloger,
  modelCataloger as Cataloger,
  classifierCataloger as Cataloger,
  embeddedSbomCataloger as Cataloger,
  terraformCataloger as Cataloger,
];
