import type { Cataloger } from '../../catalog/cataloger.ts';
import { type PackageListFacts, packageListCataloger, type StatedPackage } from '../package-list.ts';
import { decodeXml } from './decode-xml.ts';
import { type PomDependency, parsePom } from './parse-pom.ts';

/** Bytes; the largest projects anyone publishes have a fifth of it. */
const maxPomBytes = 2 * 1024 * 1024;

/** Scopes whose artefacts are part of what the project becomes. */
const shippedScopes: ReadonlySet<string> = new Set(['compile', 'runtime']);

/**
 * What Maven projects in source form declare. Dependencies for tests, those the container provides and optional ones
 * are left out, and so is what has no version in the file itself.
 */
export const mavenPomCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'maven-pom',
  version: '1',
  description: {
    title: 'Maven projects',
    selects: ['**/pom.xml'],
    reads: 'the dependencies of a project that have a version, with its own properties filled in',
    emits: ['maven'],
  },
  // Inside META-INF lies the project of an unpacked archive, which is installed and not declared.
  select: { names: ['pom.xml'], path: (path, kind) => kind === 'file' && !path.includes('META-INF/maven/') },
  async read(file, context) {
    if (file.size > maxPomBytes) {
      context.problem('too-large', `${file.size} bytes, the limit is ${maxPomBytes}`);
      return undefined;
    }
    // Anything may be called pom.xml, and templates of projects are: what is none is not ours.
    return parsePom(decodeXml(await file.bytes(maxPomBytes)))?.dependencies.flatMap((entry) => declared(entry) ?? []);
  },
});

function declared({ group, artifact, version, scope, optional }: PomDependency): StatedPackage | undefined {
  if (version === undefined || optional || !shippedScopes.has(scope) || !isExact(version)) return undefined;
  return { type: 'maven', class: 'language', scope: 'declared', namespace: group, name: artifact, version };
}

/** A range such as `[1.0,2.0)` names no version. */
function isExact(version: string): boolean {
  return !/[[\](),]/.test(version);
}
