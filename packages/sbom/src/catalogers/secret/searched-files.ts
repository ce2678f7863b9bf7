/** Directories whose texts are made for people or machines of other places, from the root of the image. */
const roots = [
  ...['usr/share/doc/', 'usr/share/man/', 'usr/share/info/', 'usr/share/locale/', 'usr/share/i18n/', 'usr/share/help/'],
  ...['usr/share/zoneinfo/', 'usr/share/gtk-doc/', 'usr/share/licenses/', 'usr/share/common-licenses/'],
  ...['usr/local/share/doc/', 'usr/local/share/man/', 'usr/include/', 'usr/src/linux', 'proc/', 'sys/', 'dev/'],
  ...['var/lib/dpkg/', 'var/lib/rpm/', 'usr/lib/sysimage/rpm/', 'lib/apk/db/', 'usr/lib/apk/db/', 'var/lib/pacman/'],
];

/** Inside of installed packages, tests and examples come with keys of their own. */
const packageTrees = /(?:^|\/)(?:node_modules|site-packages|dist-packages|gems|vendor|pkg\/mod|python3\.\d{1,3})\//;
const exampleDirectories = /\/(?:examples?|samples?|docs?|benchmarks?)\//;
/** `s3.examples.json`, `examples-1.json`. */
const exampleFiles = /[/._-](?:examples?|samples?)(?:-[0-9]{1,3})?\.[a-z]{1,4}$/;
/** Where packages of the system lie (FHS 3.0, section 4); examples there can be what a web server shows. */
const systemTrees = /^usr\/(?:lib|libexec|share)\//;
const testDirectories = /\/(?:tests?|__tests__|__fixtures__|fixtures|testing|testdata|test-data|test_certs|specs?)\//;
/** `tests.py`, `test_login.py`, `login_test.go`, `login.spec.js`. */
const testFiles = /\/(?:tests?\.[a-z]{1,4}|test_[^/]{1,200}|[^/]{1,200}[._-](?:tests?|spec)\.[a-z]{1,4})$/;

/** Documentation, translations, style, declarations without values, and lists that are full of hashes. */
const suffixes =
  /\.(?:md|markdown|rst|adoc|pod|po|pot|svg|css|scss|less|map|snap|lock|sum|mo|qm|tex|texi|bib|pub|crt|asc|sig|h|hpp|d\.[cm]?ts)$/;
const names = new Set([
  ...['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'composer.lock', 'packages.lock.json', 'RECORD'],
  ...['integrity.json', 'checksums.txt', 'SHA256SUMS', 'MANIFEST.MF', 'CHANGELOG', 'LICENSE', 'README', 'NOTICE'],
]);

/** Whether the text at a path is searched for secrets. */
export function isSearchedPath(path: string): boolean {
  if (suffixes.test(path) || names.has(path.slice(path.lastIndexOf('/') + 1))) return false;
  if (roots.some((root) => path.startsWith(root))) return false;
  const inPackage = within(packageTrees, path);
  if (inPackage !== undefined && (exampleDirectories.test(inPackage) || exampleFiles.test(inPackage))) return false;
  const installed = inPackage ?? within(systemTrees, path);
  return installed === undefined || !(testDirectories.test(installed) || testFiles.test(installed));
}

/** What is left of a path in the first of some trees, with the slash in front. */
function within(trees: RegExp, path: string): string | undefined {
  const tree = trees.exec(path);
  return tree === null ? undefined : path.slice(tree.index + tree[0].length - 1);
}

/** Languages in whose texts a word without quotes is a name; in shells, YAML and the like it is a value. */
const code =
  /\.(?:[cm]?[jt]sx?|vue|svelte|coffee|pyi?|rb|go|java|kts?|scala|groovy|gradle|cs|vb|fs|php|pl|pm|rs|cc?|cpp|mm?|swift|dart|exs?|erl|hs|lua|jl|r|R|tf|hcl)$/;

/** Whether a text is a program, by its name. */
export function isCode(path: string): boolean {
  return code.test(path);
}

/** Whether first bytes are those of a text in UTF-8 or any other code that has ASCII in it: no control characters. */
export function isTextHead(head: Uint8Array): boolean {
  for (let index = 0; index < head.length; index += 1) {
    if (isControl[head[index] as number] === 1) return false;
  }
  return head.length > 0;
}

/** All below the blank but tab, line feed, vertical tab, form feed, carriage return and escape. */
const isControl = Uint8Array.from({ length: 0x100 }, (_, byte) =>
  byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1b ? 1 : 0,
);
