/**
 * Numbers for package types (purl types), 0 for any other. The cloud takes a number but its values are not public: these
 * are ours, stable, and can be replaced through `toFalconInventory`'s options.
 */
export const applicationPackageTypes: Readonly<Record<string, number>> = {
  npm: 1,
  pypi: 2,
  maven: 3,
  golang: 4,
  gem: 5,
  nuget: 6,
  composer: 7,
  cargo: 8,
  conan: 9,
  cocoapods: 10,
  swift: 11,
  hex: 12,
  pub: 13,
  hackage: 14,
  cran: 15,
  conda: 16,
  cpan: 17,
  luarocks: 18,
  julia: 19,
  opam: 20,
  bitnami: 21,
  github: 22,
  generic: 23,
};
