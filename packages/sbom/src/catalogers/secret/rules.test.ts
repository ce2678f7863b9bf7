import { describe, expect, it } from 'vitest';
import { createRuleSet } from './rule-set.ts';
import { secretRules } from './rules/secret-rules.ts';
import { SecretSearch } from './secret-search.ts';
import { nearMisses, privateKey, secretVectors } from './secret-vectors.test-support.ts';

const rules = createRuleSet(secretRules);
const key = Buffer.alloc(32, 7);

function search(text: string) {
  const found = new SecretSearch({ rules, key, maxCandidates: 100, maxTrials: 100_000 });
  found.push(Buffer.from(text));
  return found.end();
}

describe('secretRules', () => {
  it('have texts that prove each of them', () => {
    expect(Object.keys(secretVectors).sort()).toEqual(secretRules.map(({ id }) => id).sort());
  });

  it.each(Object.entries(secretVectors))('%s', (rule, texts) => {
    for (const text of texts) {
      for (const surrounded of [text, `# comment\n${text}\nnext line\n`, `x\ty\n\n${text} `]) {
        expect({ text, found: search(surrounded).map((candidate) => candidate.rule) }).toEqual({ text, found: [rule] });
      }
    }
  });

  it.each(nearMisses)('finds nothing in %j', (text) => {
    for (const surrounded of [text, `${text}\n`, `# comment\n  ${text}  \n`]) expect(search(surrounded)).toEqual([]);
  });

  it('gives one key one hash, however its lines end', () => {
    const hashes = ['\n', '\r\n', '\\n'].map((lineEnd) => search(privateKey('PRIVATE KEY', lineEnd))[0]?.hash);
    expect(new Set(hashes).size).toBe(1);
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});
