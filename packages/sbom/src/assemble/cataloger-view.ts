import type { LayerFacts } from '../analyze/layer-facts.ts';
import type { FileLocation, FileView, ImageView, ResolvedLocation, Version, ViewLink } from '../catalog/file-view.ts';
import { comparePaths } from '../model/order.ts';
import type { NeedAnswer } from './answer-needs.ts';

/** The facts of all layers, found by layer and path, and which of those paths are visible. */
export class FactsIndex {
  readonly view: FileView;
  readonly #layers: readonly ReadonlyMap<string, Readonly<Record<string, unknown>>>[];
  readonly #visible: FileLocation[] = [];

  constructor(view: FileView, layers: readonly LayerFacts[]) {
    this.view = view;
    this.#layers = layers.map(({ paths }) => new Map(paths.map(({ path, facts }) => [path, facts])));
    for (const [layer, { paths }] of layers.entries()) {
      for (const { path } of paths) if (view.layerOf(path) === layer) this.#visible.push({ path, layer });
    }
    this.#visible.sort((a, b) => comparePaths(a.path, b.path));
  }

  /** Selected paths that are visible, sorted. */
  get visible(): readonly FileLocation[] {
    return this.#visible;
  }

  at(location: FileLocation, cataloger: string): unknown {
    return this.#layers[location.layer]?.get(location.path)?.[cataloger];
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

  whiteouts(): Iterable<FileLocation & { readonly opaque: boolean }> {
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
    const answered = Array.from(this.#answers.values(), ({ need, facts }) => ({
      path: need.wantedAs,
      layer: need.files[0]?.layer ?? 0,
      facts: facts as F | undefined,
    }));
    const found = this.#index.visible.map((location) => ({ ...location, facts: this.#at(location) }));
    const all = answered.length === 0 ? found : [...found, ...answered].sort((a, b) => comparePaths(a.path, b.path));
    for (const { path, layer, facts } of all) if (facts !== undefined) yield { path, layer, facts };
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
