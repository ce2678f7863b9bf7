/** Values of marker variables as far as they are known; comparisons with the others come out neither true nor false. */
export type MarkerEnvironment = Readonly<Record<string, string>>;

type Truth = boolean | undefined;

/** Parentheses that are followed. */
const maxDepth = 50;
const maxLength = 10_000;

/**
 * Judges an environment marker (PyPA "Dependency specifiers"): `sys_platform == "win32" and python_version < "3.8"`.
 * No extra is asked for, so `extra == "test"` is false.
 *
 * @returns undefined where that depends on what is not known, and for what is no marker
 */
export function evaluateMarker(marker: string, environment: MarkerEnvironment): boolean | undefined {
  if (marker.length > maxLength) return undefined;
  const tokens = marker.match(/"[^"]*"|'[^']*'|\(|\)|[<>=!~]+|[\w.]+|[^\s]/g) ?? [];
  const reader = new MarkerReader(tokens, environment);
  const truth = reader.either(0);
  return reader.atEnd ? truth : undefined;
}

class MarkerReader {
  readonly #tokens: readonly string[];
  readonly #environment: MarkerEnvironment;
  #at = 0;

  constructor(tokens: readonly string[], environment: MarkerEnvironment) {
    this.#tokens = tokens;
    this.#environment = environment;
  }

  get atEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  either(depth: number): Truth {
    let truth = this.#both(depth);
    while (this.#takes('or')) {
      const other = this.#both(depth);
      truth = truth === true || other === true ? true : truth === false && other === false ? false : undefined;
    }
    return truth;
  }

  #both(depth: number): Truth {
    let truth = this.#term(depth);
    while (this.#takes('and')) {
      const other = this.#term(depth);
      truth = truth === false || other === false ? false : truth === true && other === true ? true : undefined;
    }
    return truth;
  }

  #term(depth: number): Truth {
    if (depth < maxDepth && this.#takes('(')) {
      const truth = this.either(depth + 1);
      this.#takes(')');
      return truth;
    }
    const left = this.#next();
    const negated = this.#takes('not');
    const operator = `${negated ? 'not ' : ''}${this.#next()}`;
    const right = this.#next();
    return this.#compare(left, operator, right);
  }

  #compare(left: string, operator: string, right: string): Truth {
    if (left === 'extra' || right === 'extra') return operator === '!=';
    const variable = isLiteral(left) ? right : left;
    const [a, b] = [this.#valueOf(left), this.#valueOf(right)];
    if (a === undefined || b === undefined) return undefined;
    return variable.includes('version') ? compareVersions(a, operator, b) : compareTexts(a, operator, b);
  }

  #valueOf(token: string): string | undefined {
    if (isLiteral(token)) return token.slice(1, -1);
    return Object.hasOwn(this.#environment, token) ? this.#environment[token] : undefined;
  }

  #takes(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }

  #next(): string {
    const token = this.#tokens[this.#at] ?? '';
    if (!this.atEnd) this.#at += 1;
    return token;
  }
}

function isLiteral(token: string): boolean {
  return token.startsWith('"') || token.startsWith("'");
}

function compareTexts(a: string, operator: string, b: string): Truth {
  switch (operator) {
    case '==':
    case '===':
      return a === b;
    case '!=':
      return a !== b;
    case 'in':
      return b.includes(a);
    case 'not in':
      return !b.includes(a);
    default:
      return undefined;
  }
}

/** Versions of two or three numbers, as the versions of Python itself are; anything else is not judged. */
function compareVersions(a: string, operator: string, b: string): Truth {
  if (operator === 'in' || operator === 'not in') return undefined;
  const wildcard = b.endsWith('.*');
  const [left, right] = [numbersOf(a), numbersOf(wildcard ? b.slice(0, -2) : b)];
  if (left === undefined || right === undefined) return undefined;
  const length = wildcard ? right.length : Math.max(left.length, right.length);
  let order = 0;
  for (let index = 0; index < length && order === 0; index += 1) order = (left[index] ?? 0) - (right[index] ?? 0);
  return byOrder(order, operator, wildcard);
}

function byOrder(order: number, operator: string, wildcard: boolean): Truth {
  if (operator === '==') return order === 0;
  if (operator === '!=') return order !== 0;
  if (wildcard) return undefined;
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  if (operator === '>') return order > 0;
  return operator === '>=' ? order >= 0 : undefined;
}

function numbersOf(version: string): readonly number[] | undefined {
  return /^\d{1,6}(?:\.\d{1,6}){0,3}$/.test(version) ? version.split('.').map(Number) : undefined;
}
