/** A NuGet package that a project declares or has locked. */
export interface DeclaredNuget {
  readonly name: string;
  readonly version: string;
  /** Keys (see {@link nugetKey}) of packages that it needs. */
  readonly dependsOn: readonly string[];
  /** Base64 of a SHA-512. */
  readonly sha512?: string;
  /** True where the project itself asks for it. */
  readonly direct?: true;
  /** True where only its developers need it. */
  readonly dev?: true;
  /** Target frameworks that use it. */
  readonly frameworks?: readonly string[];
}

/** What a package is called among those of one file; names of NuGet packages are the same in all cases. */
export function nugetKey(name: string, version: string): string {
  return `${name}/${version}`.toLowerCase();
}

/** Puts together what several target frameworks say of one package. */
export function mergeFrameworks(packages: Iterable<DeclaredNuget>): DeclaredNuget[] {
  const merged = new Map<string, DeclaredNuget & { dependsOn: string[]; frameworks: string[] }>();
  for (const pkg of packages) {
    const { name, version, dependsOn, frameworks = [], direct, sha512 } = pkg;
    const known = merged.get(nugetKey(name, version));
    if (known === undefined) {
      merged.set(nugetKey(name, version), { ...pkg, dependsOn: [...dependsOn], frameworks: [...frameworks] });
      continue;
    }
    known.dependsOn.push(...dependsOn);
    known.frameworks.push(...frameworks);
    Object.assign(known, direct && { direct }, sha512 !== undefined && { sha512 });
  }
  return [...merged.values()];
}
