import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { mutated } from '../text/mutated-text.test-support.ts';
import { rubyCataloger } from './cataloger.ts';
import { parseGemfileLock } from './parse-gemfile-lock.ts';
import { parseGemspec } from './parse-gemspec.ts';

const inventory = (layer: TestLayer) => inventoryOf([layer], [rubyCataloger as Cataloger]);

const gemspec = (name: string, version: string, more = '') => `# -*- encoding: utf-8 -*-
# stub: ${name} ${version} ruby lib

Gem::Specification.new do |s|
  s.name = "${name}".freeze
  s.version = "${version}".freeze

  s.required_rubygems_version = Gem::Requirement.new(">= 0".freeze) if s.respond_to? :required_rubygems_version=
  s.authors = ["Ann \\u00c4".freeze, "Bob".freeze]
  s.homepage = "https://example.com/${name}".freeze
  s.licenses = ["MIT".freeze, "Ruby".freeze]
  s.summary = "It \\"does\\" things".freeze
${more}end
`;

const lock = `GIT
  remote: https://user:secret@example.com/fork.git
  revision: 0123456789abcdef
  specs:
    fork (0.1.0)
      nokogiri (>= 1.4)

PATH
  remote: engines/shop
  specs:
    shop (1.0)

GEM
  remote: https://rubygems.org/
  specs:
    nokogiri (1.16.2)
      racc (~> 1.4)
    nokogiri (1.16.2-x86_64-linux)
      racc (~> 1.4)
    racc (1.7.3)
    rails!

PLATFORMS
  ruby
  x86_64-linux

DEPENDENCIES
  fork!
  nokogiri

CHECKSUMS
  nokogiri (1.16.2-x86_64-linux) sha256=${'5'.repeat(64)}
  racc (1.7.3)

BUNDLED WITH
   2.5.6
`;

function relations({ packages, relationships }: Awaited<ReturnType<typeof inventory>>): string[] {
  const names = new Map(packages.map(({ id, purl }) => [id, purl.replace('pkg:gem/', '')]));
  return relationships.map(({ from, to }) => `${names.get(from)} > ${names.get(to)}`).sort();
}

describe('rubyCataloger', () => {
  it('lists installed gems, and what each needs of those in the same place', async () => {
    const needs =
      '  s.add_runtime_dependency(%q<rack>.freeze, [">= 1"])\n  s.add_dependency("json".freeze, ["~> 2"])\n';
    const dev = '  s.add_development_dependency(%q<minitest>.freeze, [">= 0"])\n';
    const platform = '  s.platform = "x86_64-linux".freeze\n';
    const result = await inventory({
      'usr/lib/gems/specifications/sinatra-4.0.gemspec': gemspec('sinatra', '4.0', needs + dev),
      'usr/lib/gems/specifications/rack-3.0.8.gemspec': gemspec('rack', '3.0.8'),
      'opt/gems/specifications/rack-2.2.0.gemspec': gemspec('rack', '2.2.0'),
      'usr/lib/gems/specifications/default/json-2.7.1.gemspec': gemspec('json', '2.7.1', platform),
      'usr/lib/gems/specifications/minitest-5.gemspec': gemspec('minitest', '5'),
      'src/app.gemspec': gemspec('app', '1'),
    });
    expect(result.packages.map(({ purl, scope }) => [purl, scope])).toEqual([
      ['pkg:gem/json@2.7.1?platform=x86_64-linux', 'installed'],
      ['pkg:gem/minitest@5', 'installed'],
      ['pkg:gem/rack@2.2.0', 'installed'],
      ['pkg:gem/rack@3.0.8', 'installed'],
      ['pkg:gem/sinatra@4.0', 'installed'],
    ]);
    expect(result.packages[0]).toMatchObject({
      licenses: ['MIT', 'Ruby'],
      supplier: 'Ann Ä, Bob',
      description: 'It "does" things',
      homepage: 'https://example.com/json',
      details: { default: true, platform: 'x86_64-linux' },
    });
    expect(relations(result)).toEqual(['sinatra@4.0 > json@2.7.1?platform=x86_64-linux', 'sinatra@4.0 > rack@3.0.8']);
    expect(result.problems).toEqual([]);
  });

  it('states no need that several gems in other places could meet', async () => {
    const result = await inventory({
      'a/specifications/app-1.gemspec': gemspec('app', '1', '  s.add_dependency("rack".freeze)\n'),
      'b/specifications/rack-2.gemspec': gemspec('rack', '2'),
      'c/specifications/rack-3.gemspec': gemspec('rack', '3'),
    });
    expect(relations(result)).toEqual([]);
  });

  it('lists locked gems with sources, platforms and checksums', async () => {
    const result = await inventory({ 'app/Gemfile.lock': lock });
    expect(result.packages.map(({ purl, scope, details }) => [purl, scope, details])).toEqual([
      [
        'pkg:gem/fork@0.1.0',
        'declared',
        { source: 'git', remote: 'https://example.com/fork.git', revision: '0123456789abcdef' },
      ],
      ['pkg:gem/nokogiri@1.16.2?platform=x86_64-linux', 'declared', { platform: 'x86_64-linux' }],
      ['pkg:gem/nokogiri@1.16.2', 'declared', {}],
      ['pkg:gem/racc@1.7.3', 'declared', {}],
      ['pkg:gem/shop@1.0', 'declared', { source: 'path', remote: 'engines/shop' }],
    ]);
    expect(result.packages[1]?.hashes).toEqual([{ algorithm: 'SHA-256', content: '5'.repeat(64) }]);
    expect(relations(result)).toEqual([
      'fork@0.1.0 > nokogiri@1.16.2',
      'fork@0.1.0 > nokogiri@1.16.2?platform=x86_64-linux',
      'nokogiri@1.16.2 > racc@1.7.3',
      'nokogiri@1.16.2?platform=x86_64-linux > racc@1.7.3',
    ]);
  });

  it('reports what it cannot read', async () => {
    const { problems } = await inventory({
      'a/specifications/a-1.gemspec': 'Gem::Specification.new { |s| s.name = NAME }',
      'b/specifications/b-1.gemspec': ' '.repeat(5 * 1024 * 1024),
      'c/gems.locked': 'no lock\n',
      'd/Gemfile.next.lock': ' '.repeat(17 * 1024 * 1024),
    });
    expect(problems.map(({ path, code }) => [path, code])).toEqual([
      ['a/specifications/a-1.gemspec', 'malformed'],
      ['b/specifications/b-1.gemspec', 'too-large'],
      ['c/gems.locked', 'malformed'],
      ['d/Gemfile.next.lock', 'too-large'],
    ]);
  });
});

describe('parseGemspec', () => {
  it('takes from the stub line what is not literal', () => {
    const text =
      "# stub: pg 1.5 x86_64-linux lib\nGem::Specification.new do |s|\n  s.version = Pg::VERSION\n  s.license = 'BSD'\n";
    expect(parseGemspec(text)).toEqual({ name: 'pg', version: '1.5', platform: 'x86_64-linux', licenses: ['BSD'] });
  });

  it('leaves out what only developers need, also where an old form repeats it', () => {
    const needs = ['runtime_dependency(%q<rack>)', 'development_dependency(%q<rake>)'].map(
      (call) => `    s.add_${call}`,
    );
    const legacy = ['rack', 'rake'].map((name) => `    s.add_dependency(%q<${name}>.freeze, [">= 0"])`);
    const branches = ['  if s.respond_to? :x then', ...needs, '  else', ...legacy, '  end', ''].join('\n');
    expect(parseGemspec(gemspec('a', '1', branches))?.requires).toEqual(['rack']);
  });

  it('reads the version that a call wraps, and takes credentials out of addresses', () => {
    const text = 's.name = %q<a>\ns.version = Gem::Version.new("1.2")\ns.homepage = "https://u:p@example.com"\n';
    expect(parseGemspec(text)).toEqual({ name: 'a', version: '1.2', homepage: 'https://example.com' });
  });
});

it('the parsers read anything without error', () => {
  fc.assert(
    fc.property(mutated(gemspec('a', '1'), lock), (text) => {
      const read = [parseGemspec(text) ?? null, parseGemfileLock(text) ?? null];
      expect(JSON.parse(JSON.stringify(read))).toEqual(read);
    }),
  );
});
