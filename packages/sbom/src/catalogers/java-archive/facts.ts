/** What a package was recognised by, the surest first. */
export type JavaEvidence = 'pom.properties' | 'pom.xml' | 'repository path' | 'manifest' | 'file name';

/** A package in an archive: the archive itself, or one whose classes were copied into it. */
export interface JavaPackage {
  readonly group?: string;
  readonly artifact: string;
  /** Empty where nothing tells it. */
  readonly version: string;
  readonly evidence: JavaEvidence;
  /** True for packages that were copied into the archive of another one (shaded, repackaged). */
  readonly embedded?: true;
  readonly classifier?: string;
  readonly packaging?: string;
  readonly licenses?: readonly string[];
  readonly supplier?: string;
  readonly description?: string;
  readonly homepage?: string;
  /** What it states to need at run time, as `group:artifact`, sorted. */
  readonly needs?: readonly string[];
}

/** One archive with the packages in it. Archives within it are entries of their own. */
export interface JavaArchive {
  /** Where it lies in the file: absent for the file itself, else `BOOT-INF/lib/a.jar`, `lib/b.war!/WEB-INF/lib/c.jar`. */
  readonly inner?: string;
  /** SHA-1 in lower-case hexadecimal: the key under which repositories look archives up. */
  readonly sha1?: string;
  readonly packages: readonly JavaPackage[];
}

/** What a file tells. */
export interface JavaArchiveFacts {
  readonly archives: readonly JavaArchive[];
}
