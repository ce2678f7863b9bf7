import type { DependencyFinding } from '../../catalog/finding.ts';

/** A package of one database with what it needs and answers to. */
export interface NeedingPackage {
  /** The name that findings know it by. */
  readonly key: string;
  readonly pkg: {
    readonly name: string;
    readonly architecture?: string;
    /** For each need the names that would do, the preferred first. */
    readonly depends?: readonly (readonly string[])[];
    /** Other names it answers to. */
    readonly provides?: readonly string[];
  };
}

/** The packages that answer to one name: the first of each architecture, in order. */
type Answers = Map<string | undefined, NeedingPackage>;

/**
 * Which installed package meets which need. Of alternatives the first that is installed counts, whether as the package
 * of that name or as one that provides the name; where several architectures are installed, a package's own comes
 * first. A need that nothing meets says that somebody forced the installation, and is left out.
 */
export function* metNeeds(packages: readonly NeedingPackage[]): Iterable<DependencyFinding> {
  const byName = index(packages, ({ name }) => [name]);
  const byProvided = index(packages, ({ provides }) => provides ?? []);
  for (const { key, pkg } of packages) {
    const met = new Set<string>();
    for (const alternatives of pkg.depends ?? []) {
      const name = alternatives.find((candidate) => byName.has(candidate) || byProvided.has(candidate));
      const answers = name === undefined ? undefined : (byName.get(name) ?? byProvided.get(name));
      const answer = answers?.get(pkg.architecture) ?? answers?.values().next().value;
      if (answer !== undefined && answer.key !== key) met.add(answer.key);
    }
    for (const to of met) yield { kind: 'depends-on', from: key, to };
  }
}

function index(
  packages: readonly NeedingPackage[],
  namesOf: (pkg: NeedingPackage['pkg']) => Iterable<string>,
): ReadonlyMap<string, Answers> {
  const answers = new Map<string, Answers>();
  for (const entry of packages) {
    for (const name of namesOf(entry.pkg)) {
      const known: Answers = answers.get(name) ?? new Map();
      if (!known.has(entry.pkg.architecture)) known.set(entry.pkg.architecture, entry);
      answers.set(name, known);
    }
  }
  return answers;
}
