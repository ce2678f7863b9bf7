import { isPlainToken } from '../text/plain-token.ts';
import { splitLines } from '../text/read-lines.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** What the `release` file of a Java runtime says (JEP 220 and its successors). */
export interface JvmRelease {
  /** `JAVA_VERSION`: `17.0.15`, `1.8.0_402`. */
  readonly javaVersion: string;
  /** With build and vendor's additions where stated: `17.0.15+6-Debian-1deb12u1`. */
  readonly version: string;
  readonly implementor?: string;
  /** `JDK` or `JRE` where stated. */
  readonly imageType?: string;
  readonly operatingSystem?: string;
  readonly architecture?: string;
  readonly libc?: string;
  /** What the virtual machine is called: `Hotspot`, `OpenJ9`. */
  readonly variant?: string;
  /** Where the sources of the build lie. */
  readonly source?: string;
}

/** Within these characters `JAVA_VERSION` stands; many other files are called `release`. */
const versionWithin = 4_096;
/** Characters; only the list of modules is longer, and nobody needs it. */
const maxValueLength = 300;

/** Reads the text of a `release` file. @returns undefined where it is none of a Java runtime. Never throws. */
export function parseJvmRelease(text: string): JvmRelease | undefined {
  if (!/^JAVA_VERSION=/m.test(text.slice(0, versionWithin))) return undefined;
  const values = new Map<string, string>();
  splitLines(text, (line) => {
    const name = /^[A-Z_]{1,40}(?==)/.exec(line)?.[0];
    if (name === undefined) return true;
    const value = line
      .slice(name.length + 1)
      .trim()
      .replace(/^"|"$/g, '')
      .trim();
    if (value !== '' && value.length <= maxValueLength && !/["\p{Cc}]/u.test(value))
      values.set(name, value.toWellFormed());
    return true;
  });
  const token = (name: string): string | undefined => {
    const value = values.get(name);
    return value !== undefined && isPlainToken(value) ? value : undefined;
  };
  const javaVersion = token('JAVA_VERSION');
  if (javaVersion === undefined || !/^\d/.test(javaVersion)) return undefined;
  const optional = withoutUndefined({
    ...{ implementor: values.get('IMPLEMENTOR'), imageType: token('IMAGE_TYPE')?.toUpperCase() },
    ...{ operatingSystem: token('OS_NAME'), architecture: token('OS_ARCH'), libc: token('LIBC') },
    ...{ variant: values.get('JVM_VARIANT'), source: token('BUILD_SOURCE_REPO') ?? token('SOURCE_REPO') },
  });
  return { javaVersion, version: token('JAVA_RUNTIME_VERSION') ?? token('FULL_VERSION') ?? javaVersion, ...optional };
}
