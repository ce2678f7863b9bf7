import { withoutUndefined } from '../without-undefined.ts';

/** What the name of an archive tells, by the habits of Java's build tools: `artifact-version[-classifier].jar`. */
export interface ArchiveFileName {
  /** The name without its end and without the version. */
  readonly name: string;
  readonly version?: string;
  readonly classifier?: string;
}

/** Words that belong to a version. */
const qualifier =
  /^(?:v?\d[\w]*|x|ga|final|release|sp\d*|snapshot|rc\d*|cr\d*|m\d+|alpha\d*|beta\d*|b\d+|ea|pre\d*|preview|incubating|jre\d*|android|jbossorg|redhat|hadoop\d*|java\d*|jdk\d*|spark\d*|r\d*|dev|nightly|milestone|pfd|build|rev|hotfix|patch\d*|fuse|mule|atlassian|empty|to|avoid|conflict|with|guava)$/i;
/** Words that tell one archive of an artefact from another. */
const classifierWord =
  /^(?:sources?|javadoc|tests?|all|shaded|uber|fat|exec|standalone|jar|with|dependencies|bin|dist|client|linux|windows|osx|macos|mac|win|x86|x86_64|x86_32|x64|64|32|i386|amd64|arm64|arm|armv7|aarch64|aarch_64|aarch32|ppc64le|ppcle_64|ppc64|s390x|s390|s390_64|riscv64|loongarch64|universal|native|natives|musl|glibc|fedora|no_aop|noaop|jpms|nodeps|runtime|complete|lite|debug|gpu|cuda\d*|jakarta)$/i;

/**
 * Splits the name of an archive. The version begins at the first hyphen before a digit behind which everything is a
 * version or a classifier, so that `log4j-1.2-api-2.17.1` and `kafka_2.13-3.6.1` come apart in the right place; else at
 * the last such hyphen. Eclipse puts an underscore there.
 *
 * @param stem - The name of the file without its end: `commons-lang3-3.12.0`.
 */
export function parseFileName(stem: string): ArchiveFileName {
  let last: ArchiveFileName | undefined;
  for (const { index } of stem.matchAll(/[-_](?=v?\d)/gi)) {
    // The Scala version that a library was built for is a part of its name.
    if (index === 0 || (stem[index] === '_' && !bundleVersion.test(stem.slice(index + 1)))) continue;
    const split = splitVersion(stem.slice(index + 1));
    const found = withoutUndefined({
      name: stem.slice(0, index),
      version: split.version,
      classifier: split.classifier,
    });
    last = { ...found, name: stem.slice(0, index) };
    if (split.clean) return last;
  }
  return last ?? { name: stem };
}

/** What follows the underscore in names of bundles: three numbers and a qualifier, or no other version behind them. */
const bundleVersion = /^\d+\.\d+\.\d+(?:\.\w|(?!.*-v?\d))/i;

function splitVersion(text: string): { version: string; classifier: string | undefined; clean: boolean } {
  const words = text.split(/([-.+])/);
  let clean = true;
  for (let at = 0; at < words.length; at += 2) {
    const word = words[at] ?? '';
    const before = words[at - 1];
    if (qualifier.test(word) || (before === '.' && /^[a-z0-9]{1,12}$/i.test(word)) || isHash(word)) continue;
    if (before === '-' && words.slice(at).every((rest, index) => index % 2 === 1 || classifierWord.test(rest))) {
      return { version: words.slice(0, at - 1).join(''), classifier: words.slice(at).join(''), clean };
    }
    clean = false;
  }
  return { version: text, classifier: undefined, clean };
}

/** A commit or a build's number in hexadecimal. */
function isHash(word: string): boolean {
  return /^[0-9a-f]{6,40}$/.test(word);
}
