import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countedMatch, hostileTexts, parsePattern } from './counted-match.test-support.ts';
import { secretRules } from './rules/secret-rules.ts';
import { ruleWindow } from './secret-rule.ts';
import { secretVectors } from './secret-vectors.test-support.ts';

/** Steps for each character of a window, and for a pattern that fails at once. */
const stepsPerCharacter = 8;
const stepsAtLeast = 1_000;

function endOf(pattern: RegExp, text: string, start: number): number | undefined {
  pattern.lastIndex = start;
  return pattern.exec(text) === null ? undefined : pattern.lastIndex;
}

describe('patterns of secrets', () => {
  it.each(secretRules)(
    '$id takes steps in proportion to its window on hostile texts',
    ({ pattern, window = ruleWindow }) => {
      const parts = parsePattern(pattern.source);
      for (const text of hostileTexts(parts, window)) {
        const { end, steps } = countedMatch(parts, text, 0);
        expect(end).toBe(endOf(pattern, text, 0));
        expect(steps).toBeLessThanOrEqual(stepsPerCharacter * text.length + stepsAtLeast);
      }
    },
    30_000,
  );

  it('do so on texts that were put together by chance from pieces of real ones', () => {
    const pieces = Object.values(secretVectors)
      .flat()
      .flatMap((text) => [text, text.slice(0, text.length >> 1), text.slice(-7)]);
    const texts = fc.array(fc.constantFrom(...pieces, ' ', '"', '=', '\n', 'aaaaaaaa'), { maxLength: 8 });
    const parsed = new Map(
      secretRules.map(({ id, pattern }) => [id, { pattern, parts: parsePattern(pattern.source) }]),
    );
    fc.assert(
      fc.property(texts, fc.nat(40), fc.constantFrom(...parsed.keys()), (chosen, skipped, id) => {
        const { pattern, parts } = parsed.get(id) ?? { pattern: /x/y, parts: [] };
        const text = chosen.join('');
        const start = Math.min(skipped, text.length);
        const { end, steps } = countedMatch(parts, text, start);
        expect(end).toBe(endOf(pattern, text, start));
        expect(steps).toBeLessThanOrEqual(stepsPerCharacter * text.length + stepsAtLeast);
      }),
      { numRuns: 2_000 },
    );
  });

  it('would be found out where they did not', () => {
    const parts = parsePattern('[ab]{0,100}[a]{0,100}[ab]{0,100}c');
    const worst = Math.max(...hostileTexts(parts, 120).map((text) => countedMatch(parts, text, 0).steps));
    expect(worst).toBeGreaterThan(stepsPerCharacter * 120 + stepsAtLeast);
  });
});
