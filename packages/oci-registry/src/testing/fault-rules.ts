import type { Fault, FaultRequest, FaultRule } from './fault.ts';

function fits(rule: FaultRule, { kind, reference, method, range }: FaultRequest): boolean {
  return (
    (rule.on === undefined ? kind !== 'storage' : rule.on === kind) &&
    [undefined, reference].includes(rule.reference) &&
    [undefined, method].includes(rule.method?.toUpperCase()) &&
    [undefined, range].includes(rule.range)
  );
}

/** The rules of a test registry, with what is left of them. */
export class FaultRules {
  readonly #rules: { readonly rule: FaultRule; toPass: number; left: number }[] = [];

  /** Adds a rule; the first one added that fits is used. */
  add(rule: FaultRule): void {
    this.#rules.push({ rule, toPass: rule.skip ?? 0, left: rule.times ?? Number.POSITIVE_INFINITY });
  }

  /** Forgets all rules. */
  clear(): void {
    this.#rules.length = 0;
  }

  /** The fault for a request, which counts as one use of its rule. */
  take(request: FaultRequest): Fault | undefined {
    for (const entry of this.#rules) {
      if (entry.left <= 0 || !fits(entry.rule, request)) continue;
      if (entry.toPass > 0) {
        entry.toPass -= 1;
        continue;
      }
      const { fault } = entry.rule;
      const chosen = typeof fault === 'function' ? fault(request) : fault;
      if (chosen === undefined) continue;
      entry.left -= 1;
      return chosen;
    }
    return undefined;
  }
}
