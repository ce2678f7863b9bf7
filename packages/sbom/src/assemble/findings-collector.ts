import type { FileView } from '../catalog/file-view.ts';
import type { DependencyFinding, DistroFinding, Finding, Need, OwnershipFinding } from '../catalog/finding.ts';
import type { Distro } from '../model/distro.ts';
import type { FileRecord, ModelRecord, SecretCandidate } from '../model/file-records.ts';
import type { Relationship } from '../model/inventory.ts';
import { comparePaths } from '../model/order.ts';
import type { Package } from '../model/package.ts';
import type { Problem } from '../model/problem.ts';
import { type DeclaredPackages, listPackages } from './declared-packages.ts';
import { type FoundPackage, mergePackages } from './merge-packages.ts';
import { markOwned } from './ownership.ts';

/** What the findings of all catalogers come to. */
export interface Findings {
  readonly distro: Distro | undefined;
  readonly packages: readonly Package[];
  readonly relationships: readonly Relationship[];
  readonly files: readonly FileRecord[];
  readonly models: readonly ModelRecord[];
  readonly secrets: readonly SecretCandidate[];
  readonly problems: readonly Problem[];
  /** Declared packages that were left out. */
  readonly omitted: number;
}

/** Takes findings as they come and joins them at the end: purls need the distro, relations need the ids. */
export class FindingsCollector {
  readonly #packages: FoundPackage[] = [];
  readonly #ownerships: { cataloger: string; finding: OwnershipFinding }[] = [];
  readonly #dependencies: { cataloger: string; finding: DependencyFinding }[] = [];
  readonly #files: FileRecord[] = [];
  readonly #models: ModelRecord[] = [];
  readonly #secrets: SecretCandidate[] = [];
  readonly #problems: Problem[] = [];
  #distro: DistroFinding | undefined;

  add(cataloger: string, finding: Exclude<Finding, Need>): void {
    switch (finding.kind) {
      case 'package':
        this.#packages.push({ cataloger, finding });
        break;
      case 'ownership':
        this.#ownerships.push({ cataloger, finding });
        break;
      case 'depends-on':
        this.#dependencies.push({ cataloger, finding });
        break;
      case 'distro':
        if (this.#distro === undefined || finding.rank < this.#distro.rank) this.#distro = finding;
        break;
      case 'file':
        this.#files.push(finding.file);
        break;
      case 'model':
        this.#models.push(finding.model);
        break;
      case 'secret':
        this.#secrets.push(finding.secret);
        break;
      case 'problem': {
        const { kind: _, ...problem } = finding;
        this.#problems.push({ cataloger, ...problem });
      }
    }
  }

  /** @param view - For the names that linked directories give to one file. */
  finish(view: FileView, declared: DeclaredPackages): Findings {
    const distro = this.#distro?.distro;
    const merged = mergePackages(this.#packages, distro);
    const { packages, omitted, standIns } = listPackages(merged.packages, declared);
    const classOf = new Map(packages.map((pkg) => [pkg.id, pkg.class]));
    const idOf = (cataloger: string, key: string): string | undefined => {
      const id = merged.idOf(cataloger, key);
      return id === undefined || classOf.has(id) ? id : standIns.get(id);
    };
    const owners = this.#ownerships.flatMap(({ cataloger, finding }) => {
      const id = idOf(cataloger, finding.owner);
      const ownerClass = id === undefined ? undefined : classOf.get(id);
      return id === undefined || !ownerClass ? [] : [{ id, class: ownerClass, pathHashes: finding.pathHashes }];
    });
    const owned = markOwned(packages, this.#files, owners, view);
    return {
      distro,
      packages: owned.packages,
      relationships: this.#relationships(idOf),
      files: owned.files.sort((a, b) => comparePaths(a.path, b.path)),
      models: this.#models.sort((a, b) => comparePaths(a.path, b.path)),
      secrets: this.#secrets.sort((a, b) => comparePaths(a.path, b.path) || a.line - b.line),
      problems: this.#problems,
      omitted,
    };
  }

  #relationships(idOf: (cataloger: string, key: string) => string | undefined): Relationship[] {
    const needed = new Map<string, Set<string>>();
    for (const { cataloger, finding } of this.#dependencies) {
      const from = idOf(cataloger, finding.from);
      const to = idOf(cataloger, finding.to);
      // A package that turned out unusable has no id, and nothing can be said of it.
      if (from === undefined || to === undefined || from === to) continue;
      const known = needed.get(from);
      if (known === undefined) needed.set(from, new Set([to]));
      else known.add(to);
    }
    const relationships: Relationship[] = [];
    for (const from of Array.from(needed.keys()).sort()) {
      for (const to of Array.from(needed.get(from) ?? []).sort()) relationships.push({ type: 'depends-on', from, to });
    }
    return relationships;
  }
}
