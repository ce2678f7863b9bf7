import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ModelDetails } from '../../packages/sbom/src/catalogers/model/facts.ts';
import { parsePickleFile } from '../../packages/sbom/src/catalogers/model/parse-pickle-file.ts';
import { pullFrom } from '../../packages/sbom/src/catalogers/model/pull.ts';
import { createRuleSet } from '../../packages/sbom/src/catalogers/secret/rule-set.ts';
import { secretRules } from '../../packages/sbom/src/catalogers/secret/rules/secret-rules.ts';
import { SecretSearch } from '../../packages/sbom/src/catalogers/secret/secret-search.ts';

/** Objects as Python pickles them, in every protocol, with the globals that pickletools finds in each. */
const program = `
import base64, collections, datetime, decimal, fractions, json, os, pickle, pickletools, subprocess, sys

class Runs:
    def __reduce__(self):
        return (os.system, ("true",))

class Evaluates:
    def __reduce__(self):
        return (eval, ("1",))

values = [
    [1, 2.5, "text", b"bytes", None, True, {"a": (1, 2)}, {1, 2}, frozenset([3]), 2 ** 80, "x" * 300, b"y" * 70000],
    collections.OrderedDict(a=1), [datetime.date(2020, 1, 1), datetime.date(2021, 1, 1)], decimal.Decimal("1.5"),
    fractions.Fraction(1, 3), Runs(), [Evaluates(), Runs(), collections.deque([1])], bytearray(b"z" * 300), subprocess.Popen,
]
found = []
for value in values:
    for protocol in range(6):
        pickled = pickle.dumps(value, protocol)
        names, strings, memo = set(), [], {}
        for op, arg, _ in pickletools.genops(pickled):
            if op.name in ("GLOBAL", "INST"):
                names.add(arg.replace(" ", "."))
            elif op.name == "STACK_GLOBAL":
                names.add(strings[-2] + "." + strings[-1])
            elif op.name == "MEMOIZE":
                memo[len(memo)] = strings[-1] if last else None
                continue
            elif op.name in ("BINGET", "LONG_BINGET") and memo.get(arg) is not None:
                strings.append(memo[arg])
            last = "UNICODE" in op.name
            if last:
                strings.append(arg)
        found.append({"pickle": base64.b64encode(pickled).decode(), "globals": sorted(names)})
json.dump(found, sys.stdout)
`;

interface Pickled {
  readonly pickle: string;
  readonly globals: readonly string[];
}

describe('pickles that Python made', () => {
  it('name the globals that pickletools finds in them', () => {
    const pickles = JSON.parse(execFileSync('python3', ['-c', program], { encoding: 'utf8' })) as Pickled[];
    expect(pickles.length).toBeGreaterThan(50);
    for (const { pickle, globals } of pickles) {
      const details: ModelDetails = {};
      pullFrom(Buffer.from(pickle, 'base64'), parsePickleFile(details));
      expect(details).toMatchObject({ globals: [...globals].sort(), pickles: 1, complete: true });
    }
  });
});

describe('keys that OpenSSL and Node made', () => {
  const rules = createRuleSet(secretRules);
  const rulesIn = (text: string | Buffer): string[] => {
    const search = new SecretSearch({ rules, key: Buffer.alloc(32), maxCandidates: 10, maxTrials: 1_000 });
    search.push(Buffer.from(text));
    return search.end().map(({ rule }) => rule);
  };

  it.each([
    ['an RSA key', ['genrsa', '2048']],
    ['an encrypted RSA key', ['genrsa', '-aes128', '-traditional', '-passout', 'pass:x1', '2048']],
    ['a key of an elliptic curve', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout']],
    ['an Ed25519 key', ['genpkey', '-algorithm', 'ed25519']],
  ])('are found: %s', (_, args) => {
    expect(rulesIn(execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] }))).toEqual(['private-key']);
  });

  it('are not found where they are public', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(rulesIn(publicKey.export({ type: 'spki', format: 'pem' }))).toEqual([]);
  });
});
