import type { ReleaseFacts } from './release-facts.ts';

/** How the names in release files begin, and the `ID` that the same distribution has in os-release. */
const idsByName: readonly (readonly [name: string, id: string])[] = [
  ['centos', 'centos'],
  ['red hat enterprise', 'rhel'],
  ['rocky', 'rocky'],
  ['almalinux', 'almalinux'],
  ['oracle', 'ol'],
  ['fedora', 'fedora'],
  ['amazon', 'amzn'],
  ['scientific', 'scientific'],
];

/** The same for the vendor part of a CPE name. */
const idsByCpeVendor: Readonly<Record<string, string>> = {
  centos: 'centos',
  redhat: 'rhel',
  rocky: 'rocky',
  almalinux: 'almalinux',
  oracle: 'ol',
  fedoraproject: 'fedora',
  amazon: 'amzn',
};

/** Reads `/etc/alpine-release`: the version alone. */
export function parseAlpineRelease(text: string): ReleaseFacts | undefined {
  const version = /^\s*(\d[\w.]*)/.exec(text)?.[1];
  return version === undefined ? undefined : { id: 'alpine', name: 'Alpine Linux', versionId: version };
}

/**
 * Reads `/etc/SuSE-release`, which SUSE had before os-release: the name in the first line, then `VERSION = 11` and
 * `PATCHLEVEL = 4`, which os-release writes `11.4`.
 */
export function parseSuseRelease(text: string): ReleaseFacts | undefined {
  const line = firstLine(text);
  const id = /^opensuse/i.test(line) ? 'opensuse' : /^suse linux enterprise/i.test(line) ? 'sles' : undefined;
  if (id === undefined) return undefined;
  const version = /^VERSION\s*=\s*(\d[\d.]*)/m.exec(text)?.[1];
  const patchLevel = /^PATCHLEVEL\s*=\s*([1-9]\d*)/m.exec(text)?.[1];
  const versionId = version !== undefined && patchLevel !== undefined ? `${version}.${patchLevel}` : version;
  const name = line.replace(/\s+\d.*$/, '');
  return { id, name, prettyName: line, ...(versionId !== undefined && { versionId }) };
}

/**
 * Reads `/etc/debian_version`: a point release such as `12.5`, of which os-release has the first number as its
 * `VERSION_ID`, or `bookworm/sid` before a release, when there is no number yet.
 */
export function parseDebianVersion(text: string): ReleaseFacts | undefined {
  const line = firstLine(text);
  const debian = { id: 'debian', name: 'Debian GNU/Linux' };
  const major = /^(\d+)(?:\.|$)/.exec(line)?.[1];
  if (major !== undefined) return { ...debian, versionId: major };
  const codename = /^([a-z]+)(?:\/sid)?$/.exec(line)?.[1];
  return codename === undefined ? undefined : { ...debian, versionCodename: codename };
}

/**
 * Reads the one-line files of the Red Hat family: `CentOS Linux release 7.9.2009 (Core)`.
 *
 * @returns undefined where the line has another form or names none of the distributions known here
 */
export function parseReleaseLine(text: string): ReleaseFacts | undefined {
  const line = firstLine(text);
  const [name = '', rest] = splitOnce(line, ' release ');
  const id = idsByName.find(([start]) => name.toLowerCase().startsWith(start))?.[1];
  if (id === undefined || rest === undefined) return undefined;
  const version = /^\d+(?:\.\d+)*/.exec(rest)?.[0];
  // CentOS states the point release here, its os-release the major version alone.
  const versionId = id === 'centos' ? version?.split('.')[0] : version;
  return { id, name, prettyName: line, ...(versionId !== undefined && { versionId }) };
}

/** Reads `/etc/system-release-cpe`: a CPE 2.2 URI or 2.3 string such as `cpe:/o:amazon:linux:2018.03:ga`. */
export function parseReleaseCpe(text: string): ReleaseFacts | undefined {
  const cpeName = firstLine(text);
  const fields = cpeName.replace(/^cpe:(?:\/|2\.3:)/, '').split(':');
  const [part, vendor = '', , version] = fields;
  const id = Object.hasOwn(idsByCpeVendor, vendor) ? idsByCpeVendor[vendor] : undefined;
  if (part !== 'o' || id === undefined) return undefined;
  const versionId = version !== undefined && /^\d/.test(version) ? version : undefined;
  return { id, cpeName, ...(versionId !== undefined && { versionId }) };
}

function firstLine(text: string): string {
  const trimmed = text.trimStart();
  const end = trimmed.indexOf('\n');
  return (end < 0 ? trimmed : trimmed.slice(0, end)).trim();
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
