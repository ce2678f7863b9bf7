import { LiteralFinder } from '../../scan-text/literal-finder.ts';
import { ruleWindow, type SecretRule } from './secret-rule.ts';

/** A rule and its place in the list: the lower, the more it counts. */
export interface RankedRule {
  readonly rule: SecretRule;
  readonly rank: number;
}

/** The rules by their anchors. */
export interface RuleSet {
  readonly finder: LiteralFinder;
  /** By index of the literal. */
  readonly byAnchor: readonly (readonly RankedRule[])[];
  /** Bytes of the longest window of a rule. */
  readonly window: number;
}

/** Puts the anchors of all rules into one finder. */
export function createRuleSet(rules: readonly SecretRule[]): RuleSet {
  const byAnchor = new Map<string, RankedRule[]>();
  for (const [rank, rule] of rules.entries()) {
    for (const anchor of new Set(rule.anchors.map((text) => text.toLowerCase()))) {
      const ranked = byAnchor.get(anchor) ?? [];
      ranked.push({ rule, rank });
      byAnchor.set(anchor, ranked);
    }
  }
  const window = Math.max(...rules.map((rule) => rule.window ?? ruleWindow));
  return { finder: new LiteralFinder([...byAnchor.keys()]), byAnchor: [...byAnchor.values()], window };
}
