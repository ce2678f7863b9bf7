import { describe, expect, it } from 'vitest';
import { analyzeLayer } from '../analyze/analyze-layer.ts';
import type { LayerFacts } from '../analyze/layer-facts.ts';
import type { Cataloger } from '../catalog/cataloger.ts';
import type { ImageView } from '../catalog/file-view.ts';
import type { Finding, PackageFinding } from '../catalog/finding.ts';
import { hashOwnedPath } from '../catalogers/owned-path.ts';
import { assembleInventory, maxNeeds } from './assemble-inventory.ts';
import { eventsOf, inventoryOf, placesOf, plainView, subjectFor, type TestLayer } from './image.test-support.ts';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Files named `packages` list `name=version` lines; a toy package system with all that real ones need. */
const toy: Cataloger<string[]> = {
  name: 'toy',
  version: '1',
  select: {
    path: (path, kind) => kind === 'file' && /(^|\/)packages$/.test(path),
    known: ['var/toy/packages'],
  },
  extract: async (file) =>
    text(await file.bytes(10_000))
      .split(' ')
      .filter(Boolean),
  *assemble(view) {
    for (const { path, layer, facts } of view.all()) {
      for (const line of facts)
        yield toyPackage(line, { path, layer, introducedIn: introduced(view, path, layer, line) });
    }
  },
};

function introduced(view: ImageView<string[]>, path: string, layer: number, line: string): number {
  for (const version of view.history(path)) if (version.facts?.includes(line)) return version.layer;
  return layer;
}

function toyPackage(line: string, occurrence: PackageFinding['occurrence']): PackageFinding {
  const [name = '', version = ''] = line.split('=');
  return {
    kind: 'package',
    key: `${name}@${occurrence.path}`,
    type: 'generic',
    class: 'language',
    name,
    version,
    occurrence,
  };
}

const inventory = (layers: readonly TestLayer[], catalogers: readonly Cataloger[] = [toy as Cataloger]) =>
  inventoryOf(layers, catalogers);

describe('assembleInventory', () => {
  it('lists what the visible version of a file says, with the layer that introduced it', async () => {
    const result = await inventory([
      { 'var/toy/packages': 'a=1 b=1' },
      { other: '' },
      { 'var/toy/packages': 'a=1 c=2' },
    ]);
    expect(placesOf(result)).toEqual([
      { name: 'a', path: 'var/toy/packages', layer: 2, introducedIn: 0 },
      { name: 'c', path: 'var/toy/packages', layer: 2, introducedIn: 2 },
    ]);
    expect(result.complete).toBe(true);
  });

  it('leaves out what a higher layer removed', async () => {
    const result = await inventory([{ 'x/packages': 'a=1', 'y/packages': 'b=1' }, { x: null }]);
    expect(placesOf(result).map(({ name }) => name)).toEqual(['b']);
    expect(result.whiteouts).toEqual([{ path: 'x', layer: 1, opaque: false }]);
  });

  it('makes one package of the same identity in several places', async () => {
    const result = await inventory([{ 'x/packages': 'a=1', 'y/packages': 'a=1 b=1' }]);
    expect(result.packages.map(({ name, occurrences }) => [name, occurrences.map(({ path }) => path)])).toEqual([
      ['a', ['x/packages', 'y/packages']],
      ['b', ['y/packages']],
    ]);
  });

  it('is the same document for the same image, whatever the order of entries', async () => {
    const one = await inventory([{ 'x/packages': 'a=1 b=2', 'y/packages': 'c=3' }]);
    const other = await inventory([{ 'y/packages': 'c=3', 'x/packages': 'b=2 a=1' }]);
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  });

  it('takes the facts of a layer from another image that has it, however they were kept', async () => {
    const base: TestLayer = { 'var/toy/packages': 'a=1', 'x/packages': 'b=1 c=1' };
    const catalogers = [toy as Cataloger];
    const analyze = (layer: TestLayer) => analyzeLayer(eventsOf(layer), { catalogers });
    const kept = JSON.stringify(await analyze(base));
    for (const own of [{ 'y/packages': 'd=1' }, { x: null, 'var/toy/packages': 'a=2' }]) {
      const layers = [base, own];
      const facts = [JSON.parse(kept) as LayerFacts, await analyze(own)];
      const result = assembleInventory({ subject: subjectFor(layers), view: plainView(layers), facts, catalogers });
      expect(JSON.stringify(result)).toBe(JSON.stringify(await inventory(layers)));
      expect(JSON.stringify(facts[0])).toBe(kept);
    }
  });

  describe('reads behind links', () => {
    it('a database that a link in its place leads to, in another layer', async () => {
      const result = await inventory([
        { 'var/toy/packages': 'old=1', 'data/list': 'moved=2' },
        { 'var/toy/packages': { link: '/data/list' } },
      ]);
      expect(placesOf(result)).toEqual([{ name: 'moved', path: 'var/toy/packages', layer: 0, introducedIn: 0 }]);
    });

    it('a known path that only exists through a linked directory', async () => {
      const layers: TestLayer[] = [
        { 'var/toy': { link: '../usr/lib/toy' }, 'usr/lib/toy': { directory: true }, 'usr/lib/toy/list': 'x' },
      ];
      const known: Cataloger<string[]> = { ...toy, select: { path: () => false, known: ['var/toy/list'] } };
      expect(placesOf(await inventory(layers, [known as Cataloger]))).toEqual([
        { name: 'x', path: 'var/toy/list', layer: 0, introducedIn: 0 },
      ]);
    });

    it('nothing twice when the target was read under its own name', async () => {
      const result = await inventory([{ 'var/toy': { link: '../opt' }, 'opt/packages': 'a=1' }]);
      expect(placesOf(result).map(({ path }) => path)).toEqual(['opt/packages']);
    });

    it('a hard link to an unselected file of the same layer', async () => {
      const result = await inventory([{ 'data/list': 'a=1', 'x/packages': { hardlink: 'data/list' } }]);
      expect(placesOf(result).map(({ name, path }) => [name, path])).toEqual([['a', 'x/packages']]);
    });

    it('nothing where links run in a circle, lead nowhere or to a directory', async () => {
      const result = await inventory([
        {
          'x/packages': { link: '../y/packages' },
          'y/packages': { link: '../x/packages' },
          'z/packages': { link: 'nowhere' },
          d: { directory: true },
          'w/packages': { link: '../d' },
        },
      ]);
      expect(result.packages).toEqual([]);
      expect(result.complete).toBe(true);
    });

    it('no more files than an image may have, and says how many it left out', async () => {
      const links: [string, { link: string }][] = [];
      for (let index = 0; index < maxNeeds + 2; index += 1) links.push([`${index}/packages`, { link: '/data' }]);
      const { packages, problems } = await inventory([{ ...Object.fromEntries(links), data: 'a=1' }]);
      expect(packages[0]?.occurrences).toHaveLength(maxNeeds);
      expect(problems).toMatchObject([{ code: 'too-large', reason: expect.stringMatching(/^2 more files/) }]);
    });

    it('and reports what cannot be read there', async () => {
      const strict: Cataloger = { ...(toy as Cataloger), extract: async (file) => file.bytes(3) };
      const result = await inventory([{ 'x/packages': { link: '../data' }, data: 'too long' }], [strict]);
      expect(result.problems).toMatchObject([{ cataloger: 'toy', path: 'x/packages', code: 'too-large', layer: 0 }]);
      expect(result.complete).toBe(false);
    });
  });

  it('answers a need for a file and its journal in two layers with one extraction', async () => {
    const journaled: Cataloger<string> = {
      name: 'journaled',
      version: '1',
      select: { path: (path) => path.startsWith('db'), group: (path) => path.replace('-wal', '') },
      async extract(file, { group }) {
        if (file.path.endsWith('-wal')) return 'journal only';
        const parts = [];
        for (const member of group.values()) parts.push(text(await member.bytes(10)));
        return parts.join('+');
      },
      *assemble(view): Iterable<Finding> {
        const [db, wal] = [view.layerOf('db'), view.layerOf('db-wal')];
        if (db === undefined || wal === undefined) return;
        const joined = db === wal ? view.facts('db') : view.answer('db');
        if (joined === undefined) {
          yield {
            kind: 'need',
            files: [
              { layer: db, path: 'db' },
              { layer: wal, path: 'db-wal' },
            ],
            wantedAs: 'db',
          };
        } else yield toyPackage(joined, { path: 'db', layer: db, introducedIn: db });
      },
    };
    const apart = await inventory([{ db: 'main' }, { 'db-wal': 'log=1' }], [journaled as Cataloger]);
    const together = await inventory([{ 'db-wal': 'log=1', db: 'main' }], [journaled as Cataloger]);
    expect(apart.packages.map(({ name, version }) => `${name} ${version}`)).toEqual(['main+log 1']);
    expect(together.packages).toHaveLength(1);
  });

  it('marks what a file list owns, also by the name that a linked root directory gives it', async () => {
    const owner: Cataloger = {
      name: 'os',
      version: '1',
      select: {},
      extract: async () => undefined,
      *assemble() {
        const occurrence = { path: 'status', layer: 0, introducedIn: 0 };
        yield { kind: 'package', key: 'owner', type: 'deb', class: 'os', name: 'owner', version: '1', occurrence };
        const pathHashes = BigUint64Array.of(hashOwnedPath('lib/x/packages'), hashOwnedPath('status'));
        yield { kind: 'ownership', owner: 'owner', pathHashes };
      },
    };
    const result = await inventory(
      [{ lib: { link: 'usr/lib' }, 'usr/lib': { directory: true }, 'usr/lib/x/packages': 'a=1', 'y/packages': 'b=1' }],
      [toy as Cataloger, owner],
    );
    const owning = result.packages.find(({ name }) => name === 'owner');
    const ownedBy = (name: string) => result.packages.find((pkg) => pkg.name === name)?.occurrences[0]?.ownedBy;
    expect(ownedBy('a')).toBe(owning?.id);
    expect(ownedBy('b')).toBeUndefined();
    expect(owning?.occurrences[0]).not.toHaveProperty('ownedBy');
  });

  it('marks what the note in a program says beside what a classifier says of it, unless an OS package owns it', async () => {
    const occurrence = (path: string) => ({ path, layer: 0, introducedIn: 0 });
    const program = (name: string, path: string): PackageFinding => ({
      ...{ kind: 'package', key: `${name} ${path}`, type: 'generic', class: 'binary', name, version: '1' },
      occurrence: occurrence(path),
    });
    const stating = (name: string, findings: readonly Finding[]): Cataloger => ({
      ...{ name, version: '1', select: {}, extract: async () => undefined, assemble: () => findings },
    });
    const owns = (owner: string, path: string): Finding => ({
      ...{ kind: 'ownership', owner, pathHashes: BigUint64Array.of(hashOwnedPath(path)) },
    });
    const { packages } = await inventory(
      [{}],
      [
        stating('os', [{ ...program('deb', 'status'), class: 'os' }, owns('deb status', 'bin/both')]),
        stating('note', [
          ...[program('noted', 'bin/noted'), owns('noted bin/noted', 'bin/noted')],
          ...[program('copied', 'bin/both'), owns('copied bin/both', 'bin/both')],
        ]),
        stating('classifier', [program('seen', 'bin/noted'), program('other', 'bin/both')]),
      ],
    );
    const named = (name: string) => packages.find((pkg) => pkg.name === name);
    const owner = (name: string) => packages.find(({ id }) => id === named(name)?.occurrences[0]?.ownedBy)?.name;
    expect(['seen', 'noted', 'other', 'copied', 'deb'].map(owner)).toEqual([
      'noted',
      undefined,
      'deb',
      'deb',
      undefined,
    ]);
  });

  it('joins dependencies by keys and forgets those to nothing', async () => {
    const related: Cataloger<string[]> = {
      ...toy,
      *assemble(view) {
        yield* toy.assemble(view);
        yield { kind: 'depends-on', from: 'a@packages', to: 'b@packages' };
        yield { kind: 'depends-on', from: 'a@packages', to: 'missing' };
      },
    };
    const { relationships, packages } = await inventory([{ packages: 'a=1 b=1' }], [related as Cataloger]);
    const id = (name: string) => packages.find((pkg) => pkg.name === name)?.id;
    expect(relationships).toEqual([{ type: 'depends-on', from: id('a'), to: id('b') }]);
  });

  it('takes the distro of the lowest rank', async () => {
    const ranked = (name: string, rank: number): Cataloger => ({
      ...{ name, version: '1', select: {}, extract: async () => undefined },
      *assemble() {
        yield { kind: 'distro', rank, distro: { id: name, path: name, layer: 0 } };
      },
    });
    expect((await inventory([{}], [ranked('second', 2), ranked('first', 1)])).distro?.id).toBe('first');
  });

  it('drops problems of files that a higher layer hides', async () => {
    const picky: Cataloger = {
      ...(toy as Cataloger),
      extract: async (file) => {
        if (text(await file.bytes(100)) === '!') throw new Error('unreadable');
        return [];
      },
    };
    const layers = [{ 'x/packages': '!', 'y/packages': '!' }, { x: null }];
    const { problems } = await inventory(layers, [picky]);
    expect(problems).toEqual([
      { cataloger: 'toy', path: 'y/packages', code: 'malformed', reason: 'unreadable', layer: 0 },
    ]);
  });

  it('joins layers with the history when their numbers fit, and only then', async () => {
    const layers: TestLayer[] = [{}, {}];
    const facts: LayerFacts[] = [];
    for (const layer of layers) facts.push(await analyzeLayer(eventsOf(layer), { catalogers: [] }));
    const steps = [
      { created: '2026-01-01T00:00:00Z', created_by: 'ADD rootfs' },
      { created_by: 'ENV a=b', empty_layer: true },
      { created_by: 'RUN x' },
    ];
    const layersWith = (history: typeof steps) => {
      const subject = subjectFor(layers, { history });
      const result = assembleInventory({ subject, view: plainView(layers), facts, catalogers: [] });
      return Array.isArray(result) ? [] : result.layers.map(({ createdAt, createdBy }) => [createdAt, createdBy]);
    };
    expect(layersWith(steps)).toEqual([
      ['2026-01-01T00:00:00Z', 'ADD rootfs'],
      [undefined, 'RUN x'],
    ]);
    expect(layersWith(steps.slice(0, 2))).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it('keeps of its subject what belongs to one, whatever else the caller has on it', async () => {
    const facts = [await analyzeLayer(eventsOf({}), { catalogers: [] })];
    const subject = subjectFor([{}]);
    const layers = subject.layers.map((layer) => ({ ...layer, open: () => undefined, index: 0 }));
    const image = { ...subject, layers, close: () => undefined };
    expect(assembleInventory({ subject: image, view: plainView([{}]), facts, catalogers: [] })).toMatchObject({
      subject: expect.toSatisfy((kept) => JSON.stringify(kept) === JSON.stringify(subject)),
    });
  });

  it('tells of a removal that a runtime may lose: what it hides may be in the container', async () => {
    const facts = [await analyzeLayer(eventsOf({}), { catalogers: [] })];
    const removal = { path: 'd', layer: 0, opaque: false };
    const result = (disputed: boolean) => {
      const view = { ...plainView([{}]), whiteouts: () => [{ ...removal, disputed }] };
      return assembleInventory({ subject: subjectFor([{}]), view, facts, catalogers: [] });
    };
    expect(result(false)).toMatchObject({ whiteouts: [removal], problems: [], complete: true });
    const problem = {
      cataloger: 'layer',
      path: 'd',
      layer: 0,
      code: 'layer',
      reason: expect.stringMatching(/overlayfs/),
    };
    expect(result(true)).toMatchObject({ whiteouts: [removal], problems: [problem], complete: false });
  });

  it('refuses facts of other catalogers or of another number of layers', async () => {
    const facts = [await analyzeLayer(eventsOf({}), { catalogers: [] })];
    const input = { subject: subjectFor([{}]), view: plainView([{}]), facts, catalogers: [toy as Cataloger] };
    expect(() => assembleInventory(input)).toThrow('FACTS_MISMATCH');
    expect(() => assembleInventory({ ...input, catalogers: [], facts: [] })).toThrow('FACTS_MISMATCH');
  });
});
