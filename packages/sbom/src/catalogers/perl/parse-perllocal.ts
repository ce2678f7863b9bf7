import { isPlainToken } from '../text/plain-token.ts';
import { splitLines } from '../text/read-lines.ts';

/** A module that a `perllocal.pod` tells of. */
export interface LocalModule {
  /** Of the distribution, with dashes, which is named after its main module. */
  readonly name: string;
  readonly version: string;
}

/** Modules of one file that are taken. */
const maxModules = 50_000;

/**
 * Reads a `perllocal.pod`, where ExtUtils::MakeMaker notes what it installs. Of several notes on a module the last
 * counts. Never throws: what is no note is passed over.
 */
export function parsePerllocal(text: string): LocalModule[] {
  const versions = new Map<string, string>();
  let module: string | undefined;
  splitLines(text, (line) => {
    const [, heading] = /^=head2 .*(?:C<Module>|Module) L<([\w:]+)/.exec(line) ?? [];
    module = heading ?? (line.startsWith('=head2') ? undefined : module);
    const version = /^C<VERSION: ([^>]*)>/.exec(line)?.[1];
    if (module !== undefined && version !== undefined && isPlainToken(version)) {
      versions.set(module.replaceAll('::', '-'), version.toWellFormed());
    }
    return versions.size < maxModules;
  });
  return Array.from(versions, ([name, version]) => ({ name, version }));
}
