import { isPlainToken } from '../text/plain-token.ts';
import { splitLines } from '../text/read-lines.ts';
import { createStanzaParser, type FieldForm, fieldValue, type Stanza } from '../text/stanza-parser.ts';

/** Takes an `extended_states` file line by line. */
export interface ExtendedStatesParser {
  /** @returns false when no further package will be taken */
  line(text: string): boolean;
  /** `name:architecture` of the packages, in the order of the file; call once, after the last line. */
  end(): string[];
}

/** Packages that one file may name. */
export const maxAutoInstalled = 200_000;

const fields: ReadonlyMap<string, FieldForm> = new Map<string, FieldForm>(
  ['package', 'architecture', 'auto-installed'].map((name) => [name, 'line']),
);

/**
 * Reads apt's `extended_states`: which packages nobody asked for, as `name:architecture`. They came because another one
 * needed them, and `apt autoremove` may take them away. Never throws.
 */
export function parseExtendedStates(text: string): string[] {
  const parser = createExtendedStatesParser();
  splitLines(text, (line) => parser.line(line));
  return parser.end();
}

/** {@link parseExtendedStates} for a file that comes in pieces. */
export function createExtendedStatesParser(): ExtendedStatesParser {
  const stanzas = createStanzaParser(fields);
  const packages: string[] = [];
  const take = (stanza: Stanza | undefined): void => {
    if (stanza === undefined || fieldValue(stanza, 'auto-installed') !== '1') return;
    const name = `${fieldValue(stanza, 'package') ?? ''}:${fieldValue(stanza, 'architecture') ?? ''}`;
    if (/^[^:]+:[^:]+$/.test(name) && isPlainToken(name) && packages.length < maxAutoInstalled) packages.push(name);
  };
  return {
    line(text) {
      take(stanzas.line(text));
      return packages.length < maxAutoInstalled;
    },
    end() {
      take(stanzas.end());
      return packages;
    },
  };
}
