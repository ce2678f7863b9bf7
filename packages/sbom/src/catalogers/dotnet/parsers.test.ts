import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mutated } from '../text/mutated-text.test-support.ts';
import { parseDepsJson } from './parse-deps-json.ts';
import { parseLibman } from './parse-libman.ts';
import { parsePackageVersions } from './parse-package-versions.ts';
import { parsePackagesConfig } from './parse-packages-config.ts';
import { parsePackagesLock } from './parse-packages-lock.ts';
import { parsePaketLock } from './parse-paket-lock.ts';
import { parseProjectAssets } from './parse-project-assets.ts';

const texts = [
  '{"targets":{"net8.0":{"A/1":{"type":"package","dependencies":{"B":"1"},"runtime":{"A.dll":{}}}}},"libraries":{"A/1":{"type":"package"}}}',
  '{"version":1,"dependencies":{"net8.0":{"A":{"type":"Direct","resolved":"1","dependencies":{"A":"1"}}}}}',
  '{"defaultProvider":"cdnjs","libraries":[{"library":"a@1"}]}',
  '<packages><package id="A" version="1"/></packages>',
  '<Project><PropertyGroup><V>1</V></PropertyGroup><ItemGroup><PackageVersion Include="A" Version="$(V)"/></ItemGroup></Project>',
  'NUGET\n  remote: x\n    A (1)\n      B (>= 1)\n    B (1)\n',
];
const parsers = [
  ...[parseDepsJson, parseLibman, parsePackagesConfig, parsePackagesLock],
  ...[parsePackageVersions, parsePaketLock, parseProjectAssets],
];

it('read anything without error, into plain JSON', () => {
  fc.assert(
    fc.property(mutated(...texts), (text) => {
      const read = parsers.map((parse) => parse(text) ?? null);
      expect(JSON.parse(JSON.stringify(read))).toEqual(read);
    }),
  );
});

it('do not expand XML without end', () => {
  const deep = '<a>'.repeat(100_000);
  expect(parsePackagesConfig(deep)).toBeUndefined();
  expect(parsePackageVersions('<!DOCTYPE p [<!ENTITY a "b">]><Project>&a;</Project>')).toBeUndefined();
});
