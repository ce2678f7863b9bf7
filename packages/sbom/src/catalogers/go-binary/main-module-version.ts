import type { GoBuildInfo } from './go-build-info.ts';
import { isDirectory, mainModulePath } from './module-path.ts';

/** Names of variables in which programs keep their version. */
const versionVariable =
  /^(?:(?:app|application|binary|build|cli|client|current|git|main|module|package|pkg|product|program|raw|release|server|service|semantic|sem)_?)?(?:ver|version|tag|semver)(?:_?(?:string|number|tag|full))?$/i;
/** What a version looks like when somebody writes it at the build: two numbers at least. */
const versionValue = /^[vV]?\d+(?:\.\d+)+(?:[-+.~_][0-9A-Za-z][0-9A-Za-z.+~_-]*)?$/;
const maxFlags = 4_096;

/**
 * The version of the program itself, which builds from a source tree do not have: what the build wrote into a variable
 * for it by `-ldflags "-X …"`, else the pseudo-version of the commit (Go modules reference, "Pseudo-versions"). It begins
 * with `v`, as versions of modules do, whether the build wrote that or not.
 *
 * @returns undefined where nothing tells it
 */
export function mainModuleVersion({ main, path, deps, settings }: GoBuildInfo): string | undefined {
  if (main?.version !== undefined && main.version !== '' && main.version !== '(devel)') return main.version;
  return linkedVersion(settings['-ldflags'] ?? '', main?.path ?? mainModulePath(path), deps) ?? commitVersion(settings);
}

/**
 * Variables of the main package count first, then those of the module, then those of no module at all. One that belongs
 * to a dependency says the dependency's version, unless that is built from a directory of the same source tree.
 */
function linkedVersion(ldflags: string, main: string | undefined, deps: GoBuildInfo['deps']): string | undefined {
  const ranks: (string | undefined)[] = [];
  for (const [variable, value] of assignments(ldflags)) {
    const dot = variable.lastIndexOf('.');
    if (!versionVariable.test(variable.slice(dot + 1)) || !versionValue.test(value)) continue;
    const place = variable.slice(0, dot);
    const foreign = deps.some(({ path, replace }) => isWithin(place, path) && !isDirectory(replace?.path ?? ''));
    if (foreign) continue;
    const rank = place === 'main' ? 0 : main !== undefined && isWithin(place, main) ? 1 : 2;
    ranks[rank] ??= value;
  }
  return ranks.find((value) => value !== undefined)?.replace(/^[vV]?/, 'v');
}

/** The pairs of `-X path.name=value` and `-X=path.name=value`. */
function* assignments(ldflags: string): Iterable<[variable: string, value: string]> {
  const flags = splitFlags(ldflags);
  for (const [index, flag] of flags.entries()) {
    const assignment = /^--?X$/.test(flag) ? flags[index + 1] : /^--?X=(.*)$/s.exec(flag)?.[1];
    const equals = assignment?.indexOf('=') ?? -1;
    if (assignment === undefined || equals < 0) continue;
    yield [assignment.slice(0, equals), assignment.slice(equals + 1).replace(/^(['"])(.*)\1$/s, '$2')];
  }
}

/** As Go's linker driver splits them: at spaces, except within quotes that begin a flag or stand behind its `=`. */
function splitFlags(text: string): string[] {
  const flags = text.match(/'[^']*'|"[^"]*"|(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? [];
  return flags.slice(0, maxFlags).map((flag) => flag.replace(/^(['"])([^'"]*)\1$/s, '$2'));
}

/** `v0.0.0-20240131093000-0123456789ab`, with `+dirty` where the tree had changes, as Go 1.24 writes it. */
function commitVersion(settings: GoBuildInfo['settings']): string | undefined {
  const time = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(settings['vcs.time'] ?? '');
  const revision = settings['vcs.revision'] ?? '';
  if (time === null || !/^[0-9a-f]{12,64}$/.test(revision)) return undefined;
  const dirty = settings['vcs.modified'] === 'true' ? '+dirty' : '';
  return `v0.0.0-${time.slice(1).join('')}-${revision.slice(0, 12)}${dirty}`;
}

function isWithin(place: string, module: string): boolean {
  return place === module || place.startsWith(`${module}/`);
}
