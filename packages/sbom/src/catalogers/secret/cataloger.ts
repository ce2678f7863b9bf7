import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import type { ImageView } from '../../catalog/file-view.ts';
import type { Finding } from '../../catalog/finding.ts';
import { isPlainToken } from '../text/plain-token.ts';
import { createRuleSet } from './rule-set.ts';
import { secretRules } from './rules/secret-rules.ts';
import { isCode, isSearchedPath, isTextHead } from './searched-files.ts';
import { type FoundSecret, SecretSearch, type SecretSearchOptions } from './secret-search.ts';

/** The candidates of one file. */
export interface SecretFacts {
  readonly candidates: readonly FoundSecret[];
}

/** How all texts are searched. */
type SecretLimits = Omit<SecretSearchOptions, 'size' | 'isCode'>;

/** How {@link createSecretCataloger} hashes, and how much it looks at. */
export interface SecretCatalogerOptions {
  /** Key of the HMAC-SHA-256 under which secrets are told apart: random, at least 16 bytes, never leaving the host. */
  readonly key: Uint8Array;
  /** Names the key; part of the cataloger's version, so that hashes under two keys are never mixed. */
  readonly keyId: string;
  /** Bytes of a file; longer ones are not searched. Default 5 MiB. */
  readonly maxFileSize?: number;
  /** Candidates of a file; more are a problem of it. Default 100. */
  readonly maxCandidates?: number;
}

const minKeyLength = 16;
const minFileSize = 12;
const defaultMaxFileSize = 5 * 1024 * 1024;
const defaultMaxCandidates = 100;
/** Far beyond what any honest text of the size needs: one trial for each 10 bytes. */
const maxTrials = 500_000;

/**
 * Makes the cataloger that searches texts for what looks like a secret. What it finds is told by file, line, rule, keyed
 * hash and mask; the clear text is in no fact, problem or error.
 *
 * @throws RangeError for a key of less than 16 bytes, or a `keyId` that is no plain word
 */
export function createSecretCataloger(options: SecretCatalogerOptions): Cataloger<SecretFacts> {
  const { keyId, maxFileSize = defaultMaxFileSize, maxCandidates = defaultMaxCandidates } = options;
  if (options.key.length < minKeyLength) throw new RangeError(`a key has at least ${minKeyLength} bytes`);
  if (!isPlainToken(keyId)) throw new RangeError('the id of a key is one word');
  const key = Uint8Array.from(options.key);
  let search: SecretLimits | undefined;
  // The rules are made ready for the first file: many who make the cataloger only ask what it is called.
  const ready = (): SecretLimits => {
    search ??= { rules: createRuleSet(secretRules), key, maxCandidates, maxTrials };
    return search;
  };
  return {
    name: 'secret',
    version: `3-${keyId}${limitsOf(maxFileSize, maxCandidates)}`,
    description: {
      title: 'Secret candidates',
      selects: [`texts of up to ${maxFileSize} bytes, without documentation, lock files and tests of packages`],
      reads: 'keys, tokens and passwords, by the form of each kind, and random values by their names',
      emits: ['secrets'],
    },
    select: {
      magic: (head, { size, path }) =>
        size >= minFileSize && size <= maxFileSize && isTextHead(head) && isSearchedPath(path),
    },
    extract: (file, context) => searchFile(file, ready(), context),
    *assemble(view: ImageView<SecretFacts>): Iterable<Finding> {
      for (const { path, layer, facts } of view.all()) {
        for (const secret of facts.candidates) yield { kind: 'secret', secret: { path, layer, ...secret } };
      }
    },
  };
}

/** Facts under other limits are other facts. */
function limitsOf(maxFileSize: number, maxCandidates: number): string {
  if (maxFileSize === defaultMaxFileSize && maxCandidates === defaultMaxCandidates) return '';
  return `-${maxFileSize}-${maxCandidates}`;
}

async function searchFile(
  file: SelectedFile,
  options: SecretLimits,
  { problem }: ExtractContext,
): Promise<SecretFacts | undefined> {
  if (file.kind !== 'file') return undefined;
  const search = new SecretSearch({ ...options, size: file.size, isCode: isCode(file.path) });
  for await (const chunk of file.stream()) {
    // A text ends at its first NUL: what follows is none.
    const end = chunk.indexOf(0);
    if (!search.push(end < 0 ? chunk : chunk.subarray(0, end)) || end >= 0) break;
  }
  const candidates = search.end();
  if (search.limit === 'candidates') {
    problem('too-large', `more than ${options.maxCandidates} secret candidates; those found first are kept`);
  } else if (search.limit === 'trials') {
    problem('too-large', 'too much of it looks like secrets to look at all of it; those found first are kept');
  }
  return candidates.length === 0 ? undefined : { candidates };
}
