import { isPlainToken } from '../text/plain-token.ts';
import { splitLines } from '../text/read-lines.ts';

/** A provider that a `.terraform.lock.hcl` locks. */
export interface LockedProvider {
  /** `registry.terraform.io/hashicorp`. */
  readonly source: string;
  readonly name: string;
  readonly version: string;
  /** SHA-256 of its archives for the platforms that were locked, in lower-case hexadecimal. */
  readonly archives: readonly string[];
}

/** Archives of one provider that are taken; there is one for each platform. */
const maxArchives = 100;

/**
 * Reads a `.terraform.lock.hcl`, which Terraform and OpenTofu write line by line.
 *
 * @returns undefined where the text has no provider. Never throws.
 */
export function parseTerraformLock(text: string): LockedProvider[] | undefined {
  const providers: LockedProvider[] = [];
  let [source, name, version, archives]: [string?, string?, string?, string[]?] = [];
  let found = false;
  splitLines(text, (line) => {
    const [, place, last] = /^provider "([^"]{1,500})\/([^"/]{1,200})" \{/.exec(line) ?? [];
    if (place !== undefined) [source, name, version, archives, found] = [place, last, undefined, [], true];
    version = /^ {2}version\s*=\s*"([^"]{1,200})"/.exec(line)?.[1] ?? version;
    const archive = /^ {4}"zh:([0-9a-f]{64})"/.exec(line)?.[1];
    if (archive !== undefined && archives !== undefined && archives.length < maxArchives) archives.push(archive);
    const isEnd = line.startsWith('}');
    if (isEnd && source !== undefined && name !== undefined && version !== undefined) {
      if ([source, name, version].every(isPlainToken))
        providers.push({ source, name, version, archives: archives ?? [] });
      source = undefined;
    }
    return true;
  });
  return found ? providers : undefined;
}
