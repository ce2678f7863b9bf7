import type { Cataloger } from '../../catalog/cataloger.ts';
import { type PackageListFacts, packageListCataloger } from '../package-list.ts';
import { readStatedPackages } from '../read-stated-packages.ts';
import { installedPath, opamPackages } from './package.ts';
import { parseOpam } from './parse-opam.ts';

/** Bytes; real files have 20 KiB. */
const maxBytes = 1024 * 1024;

/** OCaml packages of opam: installed in a switch, and those that projects declare or lock. */
export const ocamlCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'ocaml',
  version: '1',
  description: {
    title: 'OCaml packages (opam)',
    selects: ['**/.opam-switch/packages/*/opam', '**/*.opam', '**/*.opam.locked'],
    reads: 'packages of switches with licences, maintainers and hashes of their sources; versions that projects lock',
    emits: ['opam'],
  },
  select: {
    names: ['opam'],
    suffixes: ['.opam', '.opam.locked'],
    path: (path, kind) =>
      kind !== 'directory' &&
      kind !== 'special' &&
      (installedPath.test(path) ||
        // A copy of a repository has thousands, and a switch keeps copies of what it built.
        (/[^/]\.opam(?:\.locked)?$/.test(path) && !path.includes('/.opam-switch/') && !path.includes('/opam/repo/'))),
  },
  isolate: { deadline: 30_000 },
  read(file, context) {
    return readStatedPackages(file, context, {
      ...{ what: 'an opam file', maxBytes, mayBeOther: !installedPath.test(file.path) },
      parse: (text) => {
        const opam = parseOpam(text);
        return opam && [opam];
      },
      state: (entries) => entries.flatMap((opam) => opamPackages(file.path, opam)),
    });
  },
});
