import type { StatedPackage } from '../package-list.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { GraalComponent } from './parse-embedded-bom.ts';

/**
 * The Java libraries in a native image. What has a Maven group, or a purl that says so, is a Maven artifact; the others,
 * such as modules of the JDK, belong to no package system.
 */
export function graalPackages(components: readonly GraalComponent[]): StatedPackage[] {
  return components.map(({ ref, group, name, version, purl, cpes, licenses, dependsOn, root }) => {
    const maven = purl === undefined ? group !== undefined : purl.startsWith('pkg:maven/');
    return {
      ...{ type: maven ? 'maven' : 'generic', class: 'language', key: ref, name, version },
      ...(group !== undefined && { namespace: group }),
      ...(cpes.length > 0 && { cpes }),
      ...(licenses.length > 0 && { licenses }),
      ...(dependsOn.length > 0 && { dependsOn }),
      details: withoutUndefined({ root: root || undefined }),
    };
  });
}
