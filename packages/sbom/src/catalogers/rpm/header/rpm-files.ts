import type { PackageHash } from '../../../model/package.ts';
import type { RpmHeader } from './parse-rpm-header.ts';
import { rpmTag } from './rpm-tags.ts';

/** A path that a package lists as its own. */
export interface RpmFile {
  /** Absolute, as rpm has it. */
  readonly path: string;
  /** Type and permission bits of `st_mode`, such as 0o100755. */
  readonly mode?: number;
  /** Bytes. */
  readonly size?: number;
  /** Of the content when the package was built; directories, links and ghosts have none. */
  readonly digest?: PackageHash;
  /** `RPMFILE_*` bits (rpm, include/rpm/rpmfiles.h): 1 configuration, 2 documentation, 64 ghost, 128 licence. */
  readonly flags?: number;
  /**
   * What became of it: `normal`, `replaced` by another package's, `not-installed` for it was left out, `net-shared`, or
   * `wrong-color` for another architecture's was preferred.
   */
  readonly state?: RpmFileState;
}

/** State of a file after the installation. */
export type RpmFileState = 'normal' | 'replaced' | 'not-installed' | 'net-shared' | 'wrong-color';

/** By the number rpm writes (rpm, include/rpm/rpmfiles.h); others mean that nothing is known. */
const fileStates: readonly RpmFileState[] = ['normal', 'replaced', 'not-installed', 'net-shared', 'wrong-color'];

/** By the numbers of OpenPGP, which rpm uses for digests of files. */
const digestAlgorithms: Readonly<Record<number, PackageHash['algorithm']>> = {
  ...{ 1: 'MD5', 2: 'SHA-1', 8: 'SHA-256', 9: 'SHA-384', 10: 'SHA-512' },
};
const md5 = 1;
/** Directories that are kept in mind at once; the largest packages have some ten thousand. */
const maxDirectories = 1_000_000;

/**
 * The files of a package in its own order, read from the header while they are iterated.
 *
 * @throws SbomError `MALFORMED` where the header breaks its format
 */
export function* rpmFiles(header: RpmHeader): Generator<RpmFile, void> {
  const modes = header.numbers(rpmTag.fileModes);
  const sizes = header.numbers(rpmTag.longFileSizes) ?? header.numbers(rpmTag.fileSizes);
  const flags = header.numbers(rpmTag.fileFlags);
  const states = header.numbers(rpmTag.fileStates);
  const algorithm = digestAlgorithms[header.numbers(rpmTag.fileDigestAlgorithm)?.at(0) ?? md5];
  const digests = header.texts(rpmTag.fileDigests)?.[Symbol.iterator]();
  let index = 0;
  for (const path of paths(header)) {
    const digest = digests?.next().value;
    // Hundreds of thousands of these are made, so that each is built as plainly as can be.
    const file: { -readonly [K in keyof RpmFile]: RpmFile[K] } = { path };
    const [mode, size, flag] = [modes?.at(index), sizes?.at(index), flags?.at(index)];
    const state = fileStates[states?.at(index) ?? -1];
    if (mode !== undefined) file.mode = mode;
    if (size !== undefined) file.size = size;
    if (digest && algorithm !== undefined) file.digest = { algorithm, content: digest };
    if (flag !== undefined) file.flags = flag;
    if (state !== undefined) file.state = state;
    yield file;
    index += 1;
  }
}

/** Names and directories apart since rpm 4, whole paths before. */
function* paths(header: RpmHeader): Generator<string, void> {
  const names = header.texts(rpmTag.baseNames);
  const directories = header.texts(rpmTag.dirNames);
  const indexes = header.numbers(rpmTag.dirIndexes);
  if (names === undefined || directories === undefined || indexes === undefined) {
    yield* header.texts(rpmTag.oldFileNames) ?? [];
    return;
  }
  const known: string[] = [];
  for (const directory of directories) if (known.push(directory) >= maxDirectories) break;
  let index = 0;
  for (const name of names) {
    yield `${known[indexes.at(index) ?? -1] ?? ''}${name}`;
    index += 1;
  }
}
