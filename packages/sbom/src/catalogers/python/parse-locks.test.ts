import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PythonLock } from './locked-package.ts';
import { parsePipfileLock } from './parse-pipfile-lock.ts';
import { parseRequirementsText } from './parse-requirements-text.ts';
import { parseTomlLock } from './parse-toml-lock.ts';

const hex = 'ab'.repeat(32);
const hash = { algorithm: 'SHA-256', content: hex };
const commit = '0123456789abcdef0123456789abcdef01234567';
const linux = { sys_platform: 'linux' };

const poetry = `
[[package]]
name = "Requests"
version = "2.0"
optional = false
files = [{file = "requests.whl", hash = "sha256:${hex}"}]

[package.dependencies]
urllib3 = ">=1.21"
certifi = {version = "*", markers = "x"}

[[package]]
name = "dev"
version = "1"
category = "dev"
optional = true
files = [{hash = "sha256:${hex}"}, {hash = "sha256:${'cd'.repeat(32)}"}]

[package.source]
type = "git"
resolved_reference = "${commit}"

[[package]]
name = "local"
version = "1"
[package.source]
type = "directory"
url = "../local"

[metadata]
lock-version = "2.0"
`;

const uv = `
version = 1

[[package]]
name = "app"
version = "0.1.0"
source = { editable = "." }

[[package]]
name = "a"
version = "1.0"
source = { git = "https://example.com/a?rev=main#${commit}" }
dependencies = [{ name = "B_b", marker = "os_name == 'nt'" }, { name = "c" }]
wheels = [{ url = "https://example.com/a.whl", hash = "sha256:${hex}" }]
`;

const pdm = `
[[package]]
name = "a"
version = "1.0"
groups = ["test"]
dependencies = ["b>=2; python_version < '4'", "c"]

[[package]]
name = "p"
version = "1.0"
groups = ["default", "test"]
path = "./p"

[[package]]
name = "r"
version = "1.0"
groups = ["default"]
revision = "${commit}"
`;

const pylock = `
lock-version = "1.0"
[[packages]]
name = "a"
version = "1.0"
dependencies = [{ name = "b" }]
sdist = { name = "a.tar.gz", hashes = { sha256 = "${hex}" } }
[[packages]]
name = "v"
version = "1.0"
vcs = { type = "git", commit-id = "${commit}" }
[[packages]]
name = "d"
version = "1.0"
directory = { path = "." }
`;

const packagesOf = (lock: PythonLock) => {
  if (lock.kind !== 'packages') throw new Error(lock.reason);
  return lock.packages;
};

const harmless = (parse: (text: string) => PythonLock, texts: string): void => {
  const mutated = fc
    .tuple(fc.nat(texts.length), fc.nat(20), fc.constantFrom('', '"', '[', '{', '=', '\n', '#', '\\'))
    .map(([at, cut, put]) => texts.slice(0, at) + put + texts.slice(at + cut));
  fc.assert(
    fc.property(fc.oneof(mutated, fc.json(), fc.string({ unit: 'binary' })), (input) => {
      const result = parse(input);
      expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    }),
  );
};

describe('parseTomlLock', () => {
  it('reads what Poetry writes', () => {
    expect(packagesOf(parseTomlLock(poetry))).toEqual([
      { name: 'Requests', version: '2.0', hash, needs: ['certifi', 'urllib3'] },
      { name: 'dev', version: '1', dev: true, optional: true, commit },
    ]);
  });

  it('reads what uv writes', () => {
    expect(packagesOf(parseTomlLock(uv))).toEqual([{ name: 'a', version: '1.0', hash, commit, needs: ['b-b', 'c'] }]);
  });

  it('reads what PDM writes', () => {
    expect(packagesOf(parseTomlLock(pdm))).toEqual([
      { name: 'a', version: '1.0', dev: true, needs: ['b', 'c'] },
      { name: 'r', version: '1.0', commit },
    ]);
  });

  it('reads the standard form', () => {
    expect(packagesOf(parseTomlLock(pylock))).toEqual([
      { name: 'a', version: '1.0', hash, needs: ['b'] },
      { name: 'v', version: '1.0', commit },
    ]);
  });

  it('says what is none, without quoting it', () => {
    expect(parseTomlLock('token = "secret')).toEqual({ kind: 'malformed', reason: 'not TOML' });
    expect(parseTomlLock('package = 1')).toEqual({ kind: 'malformed', reason: 'no list of packages' });
  });

  it('reads any text and any part of a lock file without throwing, into plain JSON', () => {
    harmless(parseTomlLock, poetry);
    harmless(parseTomlLock, pylock);
  }, 30_000);
});

describe('parsePipfileLock', () => {
  const text = JSON.stringify({
    _meta: {},
    default: {
      a: { version: '==1.0', hashes: [`sha256:${hex}`] },
      b: { ref: commit, git: 'https://example.com/b' },
      c: { path: '.', editable: true },
    },
    develop: { a: { version: '==1.0' }, d: { version: '==2.0', hashes: ['x', 'y'] }, e: 'odd' },
  });

  it('reads packages to run and those for development', () => {
    expect(packagesOf(parsePipfileLock(text))).toEqual([
      { name: 'a', version: '1.0', hash },
      { name: 'b', version: commit, commit },
      { name: 'd', version: '2.0', dev: true },
    ]);
  });

  it('says what is none', () => {
    expect(parsePipfileLock('{').kind).toBe('malformed');
    expect(parsePipfileLock('{}')).toEqual({ kind: 'malformed', reason: 'no lock file of Pipenv' });
  });

  it('reads any text and any part of a lock file without throwing, into plain JSON', () => {
    harmless(parsePipfileLock, text);
  }, 30_000);
});

describe('parseRequirementsText', () => {
  it('takes what is pinned to one version', () => {
    const text = `# comment
-r base.txt
--index-url https://user:secret@example.com/simple
A.b==1.0 \\
    --hash=sha256:${hex} # one
c==2.0 --hash=sha256:${hex} --hash=sha256:${'cd'.repeat(32)}
d[x] === 3.0 ; sys_platform == "linux"
win==1.0 ; sys_platform == "win32"
ranged>=1
git+https://example.com/r.git@v1#egg=e
./local
last==4.0 \\`;
    expect(packagesOf(parseRequirementsText(text, linux))).toEqual([
      { name: 'A.b', version: '1.0', hash },
      { name: 'c', version: '2.0' },
      { name: 'd', version: '3.0' },
      { name: 'last', version: '4.0' },
    ]);
  });

  it('takes no more packages than anybody pins', () => {
    const lock = parseRequirementsText('a==1\n'.repeat(20_001), {});
    expect(lock).toMatchObject({ truncated: true });
  });

  it('reads any text without throwing, into plain JSON', () => {
    harmless((text) => parseRequirementsText(text, linux), 'a==1 \\\n --hash=sha256:x ; os_name == "a" # c\n');
  }, 30_000);
});
