import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { nimCataloger } from './cataloger.ts';
import { parseNimble, parseNimbleLock } from './parse-nim.ts';

const scan = (files: Record<string, string>) => inventoryOf([files], [nimCataloger as Cataloger]);
const nimble =
  '# Package\nversion       = "0.1.2"\nauthor = "Somebody"\ndescription = "A thing"\nlicense = "MIT"\nrequires "nim >= 1.0"\n';

describe('nimCataloger', () => {
  it('tells installed packages from projects by their place', async () => {
    const installed = await scan({ 'root/.nimble/pkgs2/thing-0.1.2-0f0f/thing.nimble': nimble });
    expect(installed.packages).toMatchObject([
      {
        ...{ purl: 'pkg:nim/thing@0.1.2', scope: 'installed', licenses: ['MIT'], supplier: 'Somebody' },
        description: 'A thing',
      },
    ]);
    const project = await scan({ 'app/app.nimble': nimble, 'b/b.nimble': 'include x' });
    expect(project.packages).toMatchObject([{ purl: 'pkg:nim/app@0.1.2', scope: 'declared' }]);
    expect(project.complete).toBe(true);
  });

  it('reads locked packages', async () => {
    const packages = {
      a: { version: '1.0', vcsRevision: '01', url: 'https://u:p@example.com/a', dependencies: ['b', 7] },
      b: { version: '2.0' },
      c: {},
    };
    const found = await scan({ 'app/nimble.lock': JSON.stringify({ version: 2, packages }), 'b/nimble.lock': '[]' });
    expect(found.packages).toMatchObject([
      { purl: 'pkg:nim/a@1.0', details: { revision: '01', url: 'https://example.com/a' } },
      { purl: 'pkg:nim/b@2.0' },
    ]);
    expect(found.relationships).toHaveLength(1);
    expect(found.problems).toMatchObject([{ code: 'malformed', path: 'b/nimble.lock' }]);
  });
});

describe('the parsers', () => {
  it('never throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        parseNimble(`version = "1"\n${text}`);
        parseNimbleLock(text);
        parseNimbleLock(`{"packages":${text}}`);
      }),
    );
  });
});
