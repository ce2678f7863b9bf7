import type { LayerFacts, PathFacts } from '../analyze/layer-facts.ts';
import type {
  FileLocation,
  FileView,
  ImageView,
  ResolvedLocation,
  Version,
  ViewLink,
  ViewWhiteout,
} from '../catalog/file-view.ts';
import { comparePaths } from '../model/order.ts';
import type { NeedAnswer } from './answer-needs.ts';

/** Facts of a visible path. */
export type VisibleFacts = FileLocation & { readonly facts: unknown };

/** The facts of all layers, found by layer and path, and those of visible paths by cataloger. */
export class FactsIndex {
  readonly view: FileView;
  readonly #layers: readonly ReadonlyMap<string, Readonly<Record<string, unknown>>>[];
  /** Made once for all catalogers: there may be many of them, and each has its facts on few of the paths. */
  readonly #visible = new Map<string, VisibleFacts[]>();

  constructor(view: FileView, layers: readonly LayerFacts[]) {
    this.view = view;
    this.#layers = layers.map(({ paths }, layer) => this.#indexLayer(paths, layer));
    for (const visible of this.#visible.values()) visible.sort((a, b) => comparePaths(a.path, b.path));
  }

  /** A cataloger's facts of visible paths, sorted by path. */
  visible(cataloger: string): readonly VisibleFacts[] {
    return this.#visible.get(cataloger) ?? [];
  }

  at(location: FileLocation, cataloger: string): unknown {
    return this.#layers[location.layer]?.get(location.path)?.[cataloger];
  }

  #indexLayer(paths: LayerFacts['paths'], layer: number): Map<string, PathFacts['facts']> {
    const byPath = new Map<string, PathFacts['facts']>();
    for (const { path, facts } of paths) {
      byPath.set(path, facts);
      const names = Object.keys(facts);
      if (names.length === 0 || this.view.layerOf(path) !== layer) continue;
      for (const name of names) {
        const visible = this.#visible.get(name);
        const found = { path, layer, facts: facts[name] };
        if (visible === undefined) this.#visible.set(name, [found]);
        else visible.push(found);
      }
    }
    return byPath;
  }
}

/** One cataloger's {@link ImageView}. */
export class CatalogerView<F> implements ImageView<F> {
  readonly #index: FactsIndex;
  readonly #cataloger: string;
  readonly #answers: ReadonlyMap<string, NeedAnswer>;

  constructor(index: FactsIndex, cataloger: string, answers: readonly NeedAnswer[]) {
    this.#index = index;
    this.#cataloger = cataloger;
    this.#answers = new Map(answers.map((answer) => [answer.need.wantedAs, answer]));
  }

  exists(path: string): boolean {
    return this.#index.view.exists(path);
  }

  resolve(path: string): ResolvedLocation | undefined {
    return this.#index.view.resolve(path);
  }

  layerOf(path: string): number | undefined {
    return this.#index.view.layerOf(path);
  }

  children(directory: string): Iterable<string> {
    return this.#index.view.children(directory);
  }

  links(): Iterable<ViewLink> {
    return this.#index.view.links();
  }

  whiteouts(): Iterable<ViewWhiteout> {
    return this.#index.view.whiteouts();
  }

  facts(path: string): F | undefined {
    const layer = this.layerOf(path);
    const own = layer === undefined ? undefined : this.#at({ path, layer });
    if (own !== undefined) return own;
    const content = this.resolve(path);
    return (content === undefined ? undefined : this.#at(content)) ?? this.answer(path);
  }

  *all(): Iterable<FileLocation & { readonly facts: F }> {
    const found = this.#index.visible(this.#cataloger);
    const answered = Array.from(this.#answers.values(), ({ need, facts }) => ({
      path: need.wantedAs,
      layer: need.files[0]?.layer ?? 0,
      facts,
    }));
    const all = answered.length === 0 ? found : [...found, ...answered].sort((a, b) => comparePaths(a.path, b.path));
    for (const { path, layer, facts } of all) if (facts !== undefined) yield { path, layer, facts: facts as F };
  }

  *history(path: string): Iterable<Version<F>> {
    for (const version of this.#index.view.history(path)) yield { ...version, facts: this.#at(version) };
  }

  answer(wantedAs: string): F | undefined {
    return this.#answers.get(wantedAs)?.facts as F | undefined;
  }

  #at(location: FileLocation): F | undefined {
    return this.#index.at(location, this.#cataloger) as F | undefined;
  }
}
