import { createHmac } from 'node:crypto';
import type { SecretCandidate } from '../../model/file-records.ts';
import { type TextWindow, WindowScanner } from '../../scan-text/window-scanner.ts';
import { maskSecret } from './mask-secret.ts';
import { AnchorText, bytesBefore, type RuleMatch } from './match-rule.ts';
import type { RuleSet } from './rule-set.ts';

/** A candidate as one file has it. */
export type FoundSecret = Omit<SecretCandidate, 'path' | 'layer'>;

/** How a text is searched. */
export interface SecretSearchOptions {
  readonly rules: RuleSet;
  /** Key of the HMAC-SHA-256. */
  readonly key: Uint8Array;
  /** Whether the text is a program, where a word without quotes is a name. Default false. */
  readonly isCode?: boolean;
  /** Bytes of the text, where they are known. */
  readonly size?: number;
  readonly maxCandidates: number;
  /** Times that a rule is tried; bounds the work that a hostile text can cause. */
  readonly maxTrials: number;
}

/** A candidate with its place in the text and the rank of its rule. */
interface PlacedSecret extends FoundSecret {
  readonly start: number;
  readonly end: number;
  readonly rank: number;
}

/** Searches one text that arrives in chunks. Clear text is held no longer than a chunk is. */
export class SecretSearch {
  /** Which limit ended the search. */
  limit: 'candidates' | 'trials' | undefined;
  readonly #options: SecretSearchOptions;
  readonly #scanner: WindowScanner;
  readonly #found: PlacedSecret[] = [];
  #trials = 0;

  constructor(options: SecretSearchOptions) {
    const { rules, size } = options;
    this.#options = options;
    this.#scanner = new WindowScanner({
      finder: rules.finder,
      before: bytesBefore,
      after: rules.window,
      ...(size !== undefined && { size }),
      onHit: (literal, window) => this.#tryRules(literal, window),
    });
  }

  /** Takes the next bytes. @returns false once a limit has ended the search */
  push(chunk: Uint8Array): boolean {
    return this.#scanner.push(chunk);
  }

  /** Says that the text is complete. @returns the candidates by their place in the text */
  end(): FoundSecret[] {
    this.#scanner.end();
    const found = this.#found.sort((a, b) => a.start - b.start);
    return found.map(({ start: _, end: _end, rank: _rank, ...secret }) => secret);
  }

  #tryRules(literal: number, window: TextWindow): boolean {
    const text = new AnchorText(window, this.#options.isCode === true);
    for (const { rule, rank } of this.#options.rules.byAnchor[literal] ?? []) {
      this.#trials += 1;
      if (this.#trials > this.#options.maxTrials) return this.#end('trials');
      const match = text.match(rule);
      if (match !== undefined && !this.#add(rule.id, rank, match, window)) return this.#end('candidates');
    }
    return true;
  }

  #end(limit: 'candidates' | 'trials'): false {
    this.limit = limit;
    return false;
  }

  /** Of those that overlap the best rule's stays. */
  #add(rule: string, rank: number, match: RuleMatch, window: TextWindow): boolean {
    const [start, end] = [window.offset + match.start, window.offset + match.end];
    const same = this.#found.findIndex((other) => other.start < end && start < other.end);
    const other = this.#found[same];
    if (other !== undefined && other.rank <= rank) return true;
    if (other === undefined && this.#found.length >= this.#options.maxCandidates) return false;
    const name = match.name ?? other?.name;
    const secret = plainValue(match.secret);
    this.#found.splice(other === undefined ? this.#found.length : same, 1, {
      ...{ line: window.lineAt(match.start), rule, ...(name !== undefined && name !== '' && { name }) },
      hash: createHmac('sha256', this.#options.key).update(secret, 'latin1').digest('hex'),
      ...{ masked: maskSecret(secret), start, end, rank },
    });
    return true;
  }
}

/** The same key has the same hash whether its lines end in line feeds, in `\n` written out, or not at all. */
function plainValue(secret: string): string {
  return /[\s\\]/.test(secret) ? secret.replaceAll(/\\[nr]|[\s\\"',]/g, '') : secret;
}
