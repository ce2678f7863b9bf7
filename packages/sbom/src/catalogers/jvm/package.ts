import type { FileLocation, ImageView } from '../../catalog/file-view.ts';
import type { Finding, PackageFinding } from '../../catalog/finding.ts';
import { firstLayers } from '../first-layers.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { JvmRelease } from './parse-release.ts';

/** The Java runtimes of the image: a `release` file counts where the runtime it speaks of is still there. */
export function* jvmFindings(view: ImageView<JvmRelease>): Iterable<Finding> {
  for (const { path, layer, facts } of view.all()) {
    const home = path.slice(0, Math.max(path.lastIndexOf('/') + 1, 0));
    if (!runtimeFiles.some((file) => view.exists(home + file))) continue;
    const introduced = firstLayers(view.history(path), (other) => [other.version]);
    const occurrence: FileLocation & { introducedIn: number } = {
      ...{ path, layer, introducedIn: introduced.get(facts.version) ?? layer },
    };
    yield { kind: 'package', key: path, ...stated(facts, product(facts, view, home)), occurrence };
  }
}

/** One of these is in every runtime, whatever was cut out of it. */
const runtimeFiles = [
  'bin/java',
  'lib/modules',
  'lib/server/libjvm.so',
  'lib/rt.jar',
  'jre/bin/java',
  'jre/lib/rt.jar',
];

/** What the file itself says, else whether there is a compiler. */
function product({ imageType }: JvmRelease, view: ImageView<JvmRelease>, home: string): 'jdk' | 'jre' {
  if (imageType === 'JDK' || imageType === 'JRE') return imageType === 'JDK' ? 'jdk' : 'jre';
  return view.exists(`${home}bin/javac`) ? 'jdk' : 'jre';
}

function stated(release: JvmRelease, name: 'jdk' | 'jre'): Omit<PackageFinding, 'kind' | 'key' | 'occurrence'> {
  const { javaVersion, version, implementor, operatingSystem, architecture, libc, variant } = release;
  const source = release.source === undefined ? undefined : withoutCredentials(release.source);
  return {
    ...{ type: 'generic', class: 'binary', namespace: vendorName(implementor), name, version },
    supplier: implementor,
    ...(source !== undefined && { qualifiers: { repository_url: source } }),
    cpes: cpesOf(javaVersion, implementor, name),
    details: withoutUndefined({ javaVersion, operatingSystem, architecture, libc, variant }),
  };
}

/** `Eclipse Adoptium` as a part of a package URL: `eclipse-adoptium`. */
function vendorName(implementor: string | undefined): string | undefined {
  const name = implementor
    ?.toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return name === '' || name === 'n-a' ? undefined : name;
}

/**
 * The names under which the National Vulnerability Database knows a runtime. Builds of OpenJDK share their weaknesses,
 * whoever made them. Up to Java 8 the number behind the underscore is the update.
 */
function cpesOf(javaVersion: string, implementor: string | undefined, name: 'jdk' | 'jre'): string[] {
  const [, major, update] = /^1\.(\d+)\.0(?:_(\d+))?/.exec(javaVersion) ?? [];
  const old = major === undefined ? undefined : `${update === undefined ? '-' : `update${Number(update)}`}`;
  const plain = /^[\d.]+/.exec(javaVersion)?.[0].replace(/\.$/, '') ?? javaVersion;
  const cpe = (vendor: string, product: string, version: string, part = '*'): string =>
    `cpe:2.3:a:${vendor}:${product}:${version}:${part}:*:*:*:*:*:*`;
  if (/^oracle/i.test(implementor ?? '')) return [cpe('oracle', name, old === undefined ? plain : `1.${major}.0`, old)];
  const openjdk = cpe('oracle', 'openjdk', old === undefined ? plain : `${major}`, old);
  return /^azul/i.test(implementor ?? '') ? [cpe('azul', 'zulu', plain), openjdk] : [openjdk];
}
