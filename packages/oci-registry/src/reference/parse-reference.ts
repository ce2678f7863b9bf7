import { RegistryError } from '../error.ts';
import { isDigest } from './digest.ts';
import { canonicalHost } from './host.ts';
import type { Reference } from './reference.ts';

/** What {@link parseReference} fills in where the text says nothing. */
export interface ParseReferenceOptions {
  /** Registry of names without a host. Default `docker.io`. */
  readonly defaultRegistry?: string | undefined;
  /** Tag of references with neither tag nor digest. Default `latest`. */
  readonly defaultTag?: string | undefined;
}

/** Longest text looked at, in characters: the sum of what the parts may have, rounded up. */
const maxTextLength = 1024;
/** Longest repository name, as in distribution's `RepositoryNameTotalLengthMax`. */
const maxRepositoryLength = 255;

const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const tagGrammar = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const bareIdentifier = /^[a-f0-9]{64}$/;

function invalid(text: string, reason: string, hint?: string): RegistryError {
  const shown = JSON.stringify(text.length > 120 ? `${text.slice(0, 117)}...` : text);
  return new RegistryError('REFERENCE_INVALID', `image reference ${shown}: ${reason}`, { hint });
}

/** Whether a text may stand as the tag of a reference (distribution-spec "Pulling manifests"). */
export function isTag(text: string): boolean {
  return tagGrammar.test(text);
}

/** Cuts `@digest` and then `:tag` off the end. */
function splitSuffixes(text: string): { name: string; tag?: string; digest?: string } {
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const rest = at < 0 ? text : text.slice(0, at);
  const colon = rest.lastIndexOf(':');
  const hasTag = colon > rest.lastIndexOf('/');
  return {
    name: hasTag ? rest.slice(0, colon) : rest,
    ...(hasTag && { tag: rest.slice(colon + 1) }),
    ...(digest !== undefined && { digest }),
  };
}

/** The first component is a host if it could not be part of a name: a dot, a colon, upper case, or `localhost`. */
export function looksLikeHost(first: string): boolean {
  return first === 'localhost' || /[.:[]/.test(first) || first !== first.toLowerCase();
}

function splitHost(name: string, defaultRegistry: string): { host: string; path: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  if (slash > 0 && looksLikeHost(first)) return { host: first, path: name.slice(slash + 1) };
  return { host: defaultRegistry, path: name };
}

function checkRepository(text: string, path: string): void {
  if (path === '') throw invalid(text, 'the repository name is missing');
  if (path.length > maxRepositoryLength) {
    throw invalid(text, `the repository name is longer than ${maxRepositoryLength} characters`);
  }
  if (path !== path.toLowerCase()) {
    throw invalid(text, 'the repository name has upper-case letters', 'repository names are lower case');
  }
  if (!path.split('/').every((part) => component.test(part))) {
    throw invalid(text, 'the repository name is malformed', 'write it as [registry/]repository[:tag][@digest]');
  }
}

function checkText(text: string): void {
  if (text === '') throw invalid(text, 'it is empty');
  if (text.length > maxTextLength) throw invalid(text, `it is longer than ${maxTextLength} characters`);
  if (text.includes('://')) {
    throw invalid('…', 'it has a URL scheme', 'leave the scheme away: registry.example.com/team/app:1.2');
  }
  if (bareIdentifier.test(text)) {
    throw invalid(text, 'it is a bare image id', 'name the repository: repository@sha256:…');
  }
}

/**
 * Parses an image reference by the grammar that Docker, containerd and Kubernetes share (distribution's
 * `reference`), and completes it: `alpine` is `docker.io/library/alpine:latest`. Time is linear in the text.
 *
 * @throws RegistryError `REFERENCE_INVALID` with what is wrong and how to write it.
 */
export function parseReference(text: string, options: ParseReferenceOptions = {}): Reference {
  checkText(text);
  const { name, tag, digest } = splitSuffixes(text);
  const { host, path } = splitHost(name, options.defaultRegistry ?? 'docker.io');
  const registry = canonicalHost(host);
  if (registry === undefined) throw invalid(text, `${JSON.stringify(host.slice(0, 80))} is not a registry host`);
  checkRepository(text, path);
  const repository = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  if (repository.length > maxRepositoryLength) {
    throw invalid(text, `the repository name is longer than ${maxRepositoryLength} characters`);
  }
  const finalTag = tag ?? (digest === undefined ? (options.defaultTag ?? 'latest') : undefined);
  if (finalTag !== undefined && !isTag(finalTag)) {
    throw invalid(text, 'the tag is malformed', 'a tag has up to 128 letters, digits, "_", "." and "-"');
  }
  if (digest !== undefined && !isDigest(digest)) {
    throw invalid(text, 'the digest is malformed', 'a digest is sha256: or sha512: with lower-case hex digits');
  }
  return {
    registry,
    repository,
    ...(finalTag !== undefined && { tag: finalTag }),
    ...(digest !== undefined && { digest }),
  };
}
