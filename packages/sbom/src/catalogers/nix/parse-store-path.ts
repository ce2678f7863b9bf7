/** A package as the name of its directory in the Nix store states it. */
export interface NixStorePath {
  /** The 32 characters that tell builds apart. */
  readonly hash: string;
  readonly name: string;
  readonly version: string;
  /** The output of the build where it is not the main one: `bin`, `dev`, `lib`, `man` … */
  readonly output?: string;
}

/** Nix's base 32 leaves out e, o, t and u. Names have at most 211 characters (nix, `store path`). */
const storeName = /^([0-9a-df-np-sv-z]{32})-([0-9A-Za-z+._?=-]{1,211})$/;

/** Outputs that nixpkgs gives names to; what else follows a version may be a part of it. */
const outputs: ReadonlySet<string> = new Set([
  ...['bin', 'data', 'debug', 'dev', 'devdoc', 'dist', 'doc', 'getent', 'info', 'lib', 'libgcc', 'man', 'out', 'py'],
  ...['static', 'terminfo'],
]);

/**
 * Reads the name of a directory in the Nix store: hash, then name and version parted by the first `-` that a digit
 * follows (builtins.parseDrvName), then the output.
 *
 * @returns undefined for what is no store path or has no version, such as an environment or a script
 */
export function parseNixStorePath(directoryName: string): NixStorePath | undefined {
  const [, hash, rest] = storeName.exec(directoryName) ?? [];
  if (hash === undefined || rest === undefined) return undefined;
  const dash = rest.search(/-\d/);
  if (dash <= 0) return undefined;
  const name = rest.slice(0, dash);
  const version = rest.slice(dash + 1);
  const last = version.lastIndexOf('-');
  const output = last > 0 ? version.slice(last + 1) : undefined;
  if (output === undefined || !outputs.has(output)) return { hash, name, version };
  return { hash, name, version: version.slice(0, last), output };
}
