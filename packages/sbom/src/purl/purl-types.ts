import type { PurlParts } from './canonical-purl.ts';

/** What purl-spec says of one type (types/TYPE-definition.json), as far as it changes how purls are written and read. */
interface PurlTypeRules {
  /** Default `optional`. */
  readonly namespace?: 'required' | 'prohibited';
  /** Parts whose upper case means nothing, and which are therefore lower case in canonical form. */
  readonly folds?: readonly ('namespace' | 'name' | 'version')[];
  /** What else becomes of the name, after folding. */
  readonly name?: (name: string, parts: PurlParts) => string;
  /** Qualifiers without which a purl means nothing. */
  readonly qualifiers?: readonly string[];
  /** Names and versions that cannot be. */
  readonly nameIs?: RegExp;
  readonly versionIs?: RegExp;
}

const ofSystem: PurlTypeRules = { namespace: 'required', folds: ['namespace', 'name'] };
const named: PurlTypeRules = { namespace: 'prohibited' };
const foldedName: PurlTypeRules = { namespace: 'prohibited', folds: ['name'] };
const repository: PurlTypeRules = { namespace: 'required' };

/** The types of purl-spec at 16f3d0e that have rules of their own; all others have none. */
const rules: Readonly<Record<string, PurlTypeRules>> = {
  alpm: ofSystem,
  apk: ofSystem,
  bazel: named,
  bitbucket: ofSystem,
  bitnami: foldedName,
  brew: { folds: ['namespace', 'name'] },
  cargo: named,
  'chrome-extension': { ...foldedName, nameIs: /^[a-p]{32}$/, versionIs: /^\d+(?:\.\d+){0,3}$/ },
  cocoapods: named,
  composer: ofSystem,
  conda: named,
  cpan: { nameIs: /^(?!.*::)/s },
  cran: named,
  deb: ofSystem,
  gem: named,
  git: repository,
  github: ofSystem,
  golang: repository,
  hackage: named,
  hex: { folds: ['namespace', 'name'] },
  huggingface: { namespace: 'required', folds: ['version'] },
  julia: { namespace: 'prohibited', qualifiers: ['uuid'] },
  luarocks: { folds: ['namespace', 'name'] },
  maven: repository,
  // Which case a model's name has depends on its server: Databricks folds it, others do not.
  mlflow: { ...named, name: (name, { qualifiers }) => (onDatabricks(qualifiers) ? name.toLowerCase() : name) },
  nuget: named,
  oci: { namespace: 'prohibited', folds: ['name', 'version'] },
  opam: named,
  otp: foldedName,
  pub: { ...foldedName, name: (name) => name.replace(/[^a-z0-9_]/g, '_') },
  pypi: { namespace: 'prohibited', folds: ['name', 'version'], name: (name) => name.replaceAll('_', '-') },
  qpkg: { namespace: 'required', folds: ['namespace'] },
  rpm: { namespace: 'required', folds: ['namespace'] },
  swid: { qualifiers: ['tag_id'] },
  swift: repository,
  vcpkg: named,
  'vscode-extension': { namespace: 'required', folds: ['namespace', 'name', 'version'] },
  yocto: { folds: ['namespace'] },
};

function rulesOf(type: string): PurlTypeRules {
  return (Object.hasOwn(rules, type) ? rules[type] : undefined) ?? {};
}

/** The same package as its type's canonical form spells it: lower case where case means nothing, one kind of dash. */
export function foldPurl<T extends PurlParts>(parts: T): T {
  const { folds = [], name: rename } = rulesOf(parts.type);
  const folded = { ...parts };
  for (const part of folds) {
    const value = parts[part];
    if (value !== undefined) Object.assign(folded, { [part]: value.toLowerCase() });
  }
  return rename === undefined ? folded : { ...folded, name: rename(folded.name, folded) };
}

/** What breaks purl-spec in the parts of a package URL, as a sentence without its subject; undefined where nothing does. */
export function purlFault({ type, namespace, name, version, qualifiers = {} }: PurlParts): string | undefined {
  if (!isPurlType(type)) return 'has no type';
  if (name === '') return 'has no name';
  const key = Object.keys(qualifiers).find((candidate) => !isQualifierKey(candidate));
  if (key !== undefined) return `has a qualifier with the key ${JSON.stringify(key)}`;
  const required = rulesOf(type);
  if (required.namespace === 'required' && !namespace) return `has no namespace, which ${type} demands`;
  if (required.namespace === 'prohibited' && namespace) return `has a namespace, which ${type} has not`;
  const missing = required.qualifiers?.find((candidate) => !qualifiers[candidate]);
  if (missing !== undefined) return `has no ${missing}, which ${type} demands`;
  if (required.nameIs?.test(name) === false) return `has a name that ${type} does not allow`;
  if (version && required.versionIs?.test(version) === false) return `has a version that ${type} does not allow`;
  return undefined;
}

/** Whether a text can be a type, in lower case. */
export function isPurlType(text: string): boolean {
  return /^[a-z][a-z0-9.-]*$/.test(text);
}

/** Whether a text can be the key of a qualifier, in lower case. */
export function isQualifierKey(text: string): boolean {
  return /^[a-z][a-z0-9._-]*$/.test(text);
}

function onDatabricks(qualifiers: PurlParts['qualifiers'] = {}): boolean {
  return /databricks\./i.test(qualifiers.repository_url ?? '');
}
