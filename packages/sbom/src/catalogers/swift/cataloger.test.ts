import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { mutated } from '../text/mutated-text.test-support.ts';
import { swiftCataloger } from './cataloger.ts';
import { parsePackageResolved } from './parse-package-resolved.ts';

const inventory = (layer: TestLayer) => inventoryOf([layer], [swiftCataloger as Cataloger]);

const first = JSON.stringify({
  object: {
    pins: [
      {
        package: 'NIO',
        repositoryURL: 'https://GitHub.com/apple/swift-nio.git',
        state: { revision: 'abc', version: '2.62.0' },
      },
      {
        package: 'Fork',
        repositoryURL: 'git@example.com:group/sub/Fork.git',
        state: { branch: 'main', revision: 'def' },
      },
    ],
  },
  version: 1,
});
const third = JSON.stringify({
  originHash: 'x',
  pins: [
    {
      identity: 'swift-log',
      kind: 'remoteSourceControl',
      location: 'https://u:p@github.com/apple/swift-log',
      state: { version: '1.5.3' },
    },
    {
      identity: 'ssh',
      kind: 'remoteSourceControl',
      location: 'ssh://git@host.example:22/o/ssh.git',
      state: { version: '1.0' },
    },
    { identity: 'mona.LinkedList', kind: 'registry', location: '', state: { version: '1.2.0' } },
    { identity: 'noscope', kind: 'registry', location: '', state: { version: '1.2.0' } },
    { identity: 'local', kind: 'localSourceControl', location: '/src/local', state: { version: '1.2.0' } },
    { identity: 'stateless', kind: 'remoteSourceControl', location: 'https://github.com/a/b', state: {} },
    null,
  ],
  version: 3,
});

describe('swiftCataloger', () => {
  it('lists resolved packages of all formats by the place of their repository', async () => {
    const { packages, problems } = await inventory({ 'a/Package.resolved': first, 'b/Package.resolved': third });
    expect(packages.map(({ purl }) => purl).sort()).toEqual([
      'pkg:swift/example.com/group/sub/Fork@def',
      'pkg:swift/github.com/apple/swift-log@1.5.3',
      'pkg:swift/github.com/apple/swift-nio@2.62.0',
      'pkg:swift/host.example/o/ssh@1.0',
      'pkg:swift/mona/LinkedList@1.2.0',
    ]);
    expect(packages.find(({ name }) => name === 'Fork')).toMatchObject({
      scope: 'declared',
      details: { branch: 'main', revision: 'def', location: 'git@example.com:group/sub/Fork.git' },
    });
    expect(JSON.stringify(packages)).not.toContain('u:p');
    expect(problems).toEqual([]);
  });

  it('reports what it cannot read', async () => {
    const { problems } = await inventory({
      'a/Package.resolved': '{"pins":{}}',
      'b/Package.resolved': ' '.repeat(5_000_000),
    });
    expect(problems).toMatchObject([{ code: 'malformed' }, { code: 'too-large' }]);
  });

  it('reads anything without error', () => {
    fc.assert(
      fc.property(mutated(first, third), (text) => {
        const read = parsePackageResolved(text) ?? null;
        expect(JSON.parse(JSON.stringify(read))).toEqual(read);
      }),
    );
  });
});
