import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import type { FileLocation, ImageView } from '../../catalog/file-view.ts';
import type { Finding } from '../../catalog/finding.ts';
import { baseName } from '../../catalog/path-selection.ts';
import { decodeOwnedPaths, OwnedPaths } from '../owned-path.ts';
import { listedPackages, type PackageListFacts, type StatedPackage } from '../package-list.ts';
import { splitLines } from '../text/read-lines.ts';
import { describedPerl, installedPerl, localPerl } from './package.ts';
import { parseInstallJson, parsePerlMetaJson, parsePerlMetaYaml } from './parse-perl-metadata.ts';
import { parsePerllocal } from './parse-perllocal.ts';

/** Bytes; a `perllocal.pod` grows with each installation, the others are small. */
const maxBytes = 16 * 1024 * 1024;

/** Packages of a file, or the encoded hashes of the paths in a `.packlist`. */
export interface PerlFacts extends PackageListFacts {
  readonly owned?: string;
}

const installPath = /\/\.meta\/[^/]+\/install\.json$/;
const packlistPath = /\/auto\/(.+)\/\.packlist$/;
const buildPath = /(?:^|\/)\.cpan(?:m|plus)?\/.*META\.(?:json|yml)$/;

/** Perl distributions from CPAN: installed ones, and those that their build left behind. */
export const perlCataloger: Cataloger<PerlFacts> = {
  name: 'perl',
  version: '1',
  description: {
    title: 'Perl distributions (CPAN)',
    selects: [
      '**/.meta/*/install.json',
      '**/perllocal.pod',
      '**/auto/**/.packlist',
      '**/.cpan*/**/{META,MYMETA}.{json,yml}',
    ],
    reads:
      'distributions that cpanminus and MakeMaker installed with author and files; descriptions of those that were built',
    emits: ['cpan'],
  },
  select: {
    names: ['install.json', 'perllocal.pod', '.packlist', 'META.json', 'META.yml', 'MYMETA.json', 'MYMETA.yml'],
    path: (path, kind) =>
      kind !== 'directory' &&
      kind !== 'special' &&
      (path.endsWith('/perllocal.pod') || [installPath, packlistPath, buildPath].some((shape) => shape.test(path))),
  },
  isolate: { deadline: 30_000 },
  async extract(file, context) {
    if (file.kind !== 'file') return undefined;
    if (file.size > maxBytes) {
      context.problem('too-large', `${file.size} bytes, the limit is ${maxBytes}`);
      return undefined;
    }
    const text = new TextDecoder().decode(await file.bytes(maxBytes));
    if (packlistPath.test(file.path)) return { packages: [], owned: packlistPaths(text) };
    const packages = await statedPackages(file, text, context);
    return packages === undefined || packages.length === 0 ? undefined : { packages };
  },
  *assemble(view) {
    yield* listedPackages(view);
    yield* ownedFiles(view);
  },
};

async function statedPackages(
  file: SelectedFile,
  text: string,
  context: ExtractContext,
): Promise<readonly StatedPackage[] | undefined> {
  const name = baseName(file.path);
  if (name === 'perllocal.pod') return parsePerllocal(text).map(localPerl);
  if (name === 'install.json') {
    const installed = parseInstallJson(text);
    if (installed === undefined) context.problem('malformed', 'not an install.json of cpanminus');
    return installed === undefined ? undefined : [installedPerl(installed)];
  }
  const described = name.endsWith('.json') ? parsePerlMetaJson(text) : await parsePerlMetaYaml(text);
  return described === undefined ? undefined : [describedPerl(described)];
}

function packlistPaths(text: string): string {
  const paths = new OwnedPaths();
  splitLines(text, (line) => {
    // Attributes follow the path: `type=file`.
    const path = /^\/.*?(?=$| (?:type|from)=)/.exec(line)?.[0];
    if (path !== undefined) paths.add(path);
    return true;
  });
  return paths.encode();
}

/** A `.packlist` lies below the name of its distribution: `auto/URI/PackageURL` is that of `URI-PackageURL`. */
function* ownedFiles(view: ImageView<PerlFacts>): Iterable<Finding> {
  const owners = new Map<string, string>();
  const lists: (FileLocation & { owned: string })[] = [];
  for (const { path, layer, facts } of view.all()) {
    if (facts.owned !== undefined) lists.push({ path, layer, owned: facts.owned });
    for (const { name, version, scope } of facts.packages) {
      if (scope !== 'declared') owners.set(name, `${path}|${name}@${version}`);
    }
  }
  for (const { path, owned } of lists) {
    const owner = owners.get((packlistPath.exec(path)?.[1] ?? '').replaceAll('/', '-'));
    if (owner !== undefined) yield { kind: 'ownership', owner, pathHashes: decodeOwnedPaths(owned) };
  }
}
