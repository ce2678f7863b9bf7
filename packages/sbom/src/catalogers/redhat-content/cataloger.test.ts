import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { redHatContentCataloger } from './cataloger.ts';
import { parseBuildJson } from './parse-build-json.ts';
import { parseDockerfileLabels } from './parse-dockerfile-labels.ts';

const scan = (...layers: TestLayer[]) => inventoryOf(layers, [redHatContentCataloger as Cataloger]);
const manifest = (index: number, ...sets: string[]): string =>
  JSON.stringify({
    metadata: { icm_version: 1, image_layer_index: index },
    content_sets: sets,
    image_contents: [{ purl: 'pkg:x/y' }],
  });
const sets = ['rhel-8-for-x86_64-baseos-rpms', 'rhel-8-for-x86_64-appstream-rpms'];

describe('redHatContentCataloger', () => {
  it('makes a package of each image that Red Hat built, with its content sets', async () => {
    const dockerfile =
      'FROM scratch\nLABEL com.redhat.component="ubi8-container" \\\n  name="ubi8" version=8.6 \\\n' +
      '# comment\n  architecture="x86_64"\nLABEL release=754 vendor="Red Hat, Inc."\n';
    const inventory = await scan(
      {
        'root/buildinfo/Dockerfile-ubi8-8.6-754': dockerfile,
        'root/buildinfo/content_manifests/ubi8-container-8.6-754.json': manifest(0, ...sets, sets[0] ?? ''),
      },
      { 'root/buildinfo/content_manifests/redhat-sso-7-sso75-rhel8-container-7.5-8.json': manifest(4, 'jb-eap-7') },
    );
    expect(inventory.packages).toMatchObject([
      {
        ...{ name: 'redhat-sso-7-sso75-rhel8-container', version: '7.5-8' },
        details: { contentSets: ['jb-eap-7'], imageLayerIndex: 4 },
      },
      {
        ...{ type: 'generic', class: 'os', namespace: 'redhat', name: 'ubi8-container', version: '8.6-754' },
        ...{ architecture: 'x86_64', supplier: 'Red Hat, Inc.' },
        purl: 'pkg:generic/redhat/ubi8-container@8.6-754?arch=x86_64',
        details: { repository: 'ubi8', contentSets: [...sets].sort(), imageLayerIndex: 0 },
        occurrences: [
          { path: 'root/buildinfo/Dockerfile-ubi8-8.6-754', layer: 0, introducedIn: 0 },
          { path: 'root/buildinfo/content_manifests/ubi8-container-8.6-754.json', layer: 0, introducedIn: 0 },
        ],
      },
    ]);
    expect(inventory.complete).toBe(true);
  });

  it('ties a manifest whose name does not say to the labels beside it', async () => {
    const labels = {
      ...{ 'com.redhat.component': 'ubi9-container', name: 'ubi9/ubi', version: '9.4', release: '1123' },
      ...{ architecture: 'aarch64', cpe: 'cpe:/a:redhat:enterprise_linux:9::appstream' },
    };
    const inventory = await scan({
      'root/buildinfo/content_manifests/content-sets.json': JSON.stringify({ content_sets: sets, from_dnf_hint: true }),
      'root/buildinfo/labels.json': JSON.stringify(labels),
      'usr/share/buildinfo/labels.json': JSON.stringify(labels),
    });
    expect(inventory.packages).toMatchObject([
      {
        ...{ name: 'ubi9-container', version: '9.4-1123', architecture: 'aarch64' },
        details: { repository: 'ubi9/ubi', cpe: labels.cpe, contentSets: [...sets].sort(), fromDnfHint: true },
      },
    ]);
    expect(inventory.packages[0]?.occurrences).toHaveLength(3);
  });

  it('keeps the content sets of an image that says nothing else', async () => {
    const inventory = await scan({ 'usr/share/buildinfo/content-sets.json': manifest(1, 'a') });
    expect(inventory.packages).toMatchObject([
      { name: 'content-sets', purl: 'pkg:generic/redhat/content-sets', details: { contentSets: ['a'] } },
    ]);
  });

  it('reports a manifest that is none, and says nothing of other files', async () => {
    const inventory = await scan({
      'root/buildinfo/content_manifests/a-1-2.json': 'broken',
      'root/buildinfo/other.json': '[1]',
      'usr/share/buildinfo/notes.json': '{"text":"x"}',
      'root/buildinfo/Dockerfile-other': 'FROM scratch\n',
      'srv/buildinfo/labels.json': '{"name":"a","version":"1"}',
      'srv/content_manifests/a-1-2.json': manifest(0, 'a'),
    });
    expect(inventory.packages).toEqual([]);
    expect(inventory.problems).toMatchObject([
      { code: 'malformed', path: 'root/buildinfo/content_manifests/a-1-2.json' },
    ]);
  });
});

describe('parseBuildJson', () => {
  it('takes only what is of use', () => {
    const odd = JSON.stringify({ content_sets: ['b', 7, 'a', 'b', 'c d'], metadata: { image_layer_index: 'x' } });
    expect(parseBuildJson(odd)).toEqual({ kind: 'manifest', contentSets: ['a', 'b'] });
  });

  it('never throws', () => {
    const likely = fc.dictionary(fc.constantFrom('content_sets', 'metadata', 'name', 'version', 'cpe'), fc.jsonValue());
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          likely.map((value) => JSON.stringify(value)),
        ),
        (text) => void parseBuildJson(text),
      ),
    );
  });
});

describe('parseDockerfileLabels', () => {
  it.each<[text: string, labels: Record<string, string>]>([
    ['LABEL a=1 b="x y" "c d"=\'e f\'', { a: '1', b: 'x y', 'c d': 'e f' }],
    ['label a some text', { a: 'some text' }],
    ['LABEL "a" "b c"', { a: 'b c' }],
    ['LABEL a="say \\"x\\"" b=c\\ d', { a: 'say "x"', b: 'c d' }],
    ['LABEL a=1 \\\r\n  b=2 \\\n# c=3\n  d=4\nRUN LABEL=5', { a: '1', b: '2', d: '4' }],
    ['LABEL a=1\nLABEL a=2', { a: '2' }],
    ['RUN echo LABEL a=1', {}],
    ['LABEL', {}],
  ])('reads %j', (text, labels) => {
    expect(Object.fromEntries(parseDockerfileLabels(text))).toEqual(labels);
  });

  it('ends for every text', () => {
    const words = fc.array(fc.constantFrom('LABEL ', 'a', '=', '"', "'", '\\', '\n', ' ', '#', 'b=c'));
    fc.assert(fc.property(words, (parts) => void parseDockerfileLabels(`LABEL ${parts.join('')}`)));
    expect(parseDockerfileLabels(`LABEL ${'a="\\'.repeat(50_000)}`).size).toBeLessThan(1000);
  });
});
