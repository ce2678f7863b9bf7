/** A Go module as a program's build information names it. */
export interface GoModule {
  /** Module path: `github.com/spf13/cobra`. */
  readonly path: string;
  /** As Go writes it: `v1.8.0`, a pseudo-version, or `(devel)`; absent for a directory on the builder's machine. */
  readonly version?: string;
  /** Its line of `go.sum`: `h1:` and the SHA-256 over its files, in base64. */
  readonly sum?: string;
  /** What was built in its place. */
  readonly replace?: GoModule;
}

/** What the Go linker leaves in each program since Go 1.12 (Go's `runtime/debug.BuildInfo`). */
export interface GoBuildInfo {
  /** Version of the toolchain: `go1.22.1`. */
  readonly goVersion: string;
  /** Path of the main package. */
  readonly path?: string;
  /** The module of the main package. */
  readonly main?: GoModule;
  /** The modules that packages were taken from. */
  readonly deps: readonly GoModule[];
  /** Flags and environment of the build, and what the version control said: `GOOS`, `vcs.revision`, `-tags` … */
  readonly settings: Readonly<Record<string, string>>;
  /** True where there were more modules or longer lines than are believed. */
  readonly truncated?: true;
}
