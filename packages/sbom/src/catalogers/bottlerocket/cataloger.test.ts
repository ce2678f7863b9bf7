import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { bottlerocketCataloger } from './cataloger.ts';
import { parseApplicationInventory } from './parse-application-inventory.ts';

const path = 'x86_64-bottlerocket-linux-gnu/sys-root/usr/share/bottlerocket/application-inventory.json';
const kernel = {
  ...{ Name: 'kernel-6.1', Publisher: 'Bottlerocket', Version: '6.1.77', Release: '1.abc.br1', Epoch: '0' },
  ...{ InstalledTime: '2024-02-20T00:00:00Z', ApplicationType: 'Unspecified', Architecture: 'x86_64' },
  ...{ Url: 'https://user:secret@www.kernel.org/', Summary: 'The Linux kernel' },
};
const scan = (content: unknown, at = path) =>
  inventoryOf(
    [{ [at]: typeof content === 'string' ? content : JSON.stringify(content) }],
    [bottlerocketCataloger as Cataloger],
  );

describe('bottlerocketCataloger', () => {
  it('reads the packages the system was built from', async () => {
    const inventory = await scan({ Content: [kernel, { ...kernel, Name: 'glibc', Epoch: '1', Release: undefined }] });
    expect(inventory.packages).toMatchObject([
      { name: 'glibc', version: '1:6.1.77', purl: 'pkg:rpm/glibc@6.1.77?arch=x86_64&epoch=1' },
      {
        ...{ type: 'rpm', class: 'os', name: 'kernel-6.1', version: '6.1.77-1.abc.br1', supplier: 'Bottlerocket' },
        ...{ description: 'The Linux kernel', homepage: 'https://www.kernel.org/' },
        details: { applicationType: 'Unspecified', installedAt: '2024-02-20T00:00:00Z' },
      },
    ]);
    expect(inventory.complete).toBe(true);
  });

  it('reports entries without name and version, and keeps the others', async () => {
    const inventory = await scan({ Content: [kernel, { Name: 'x' }, null, 'y'] });
    expect(inventory.packages).toHaveLength(1);
    expect(inventory.problems).toMatchObject([{ code: 'malformed', reason: expect.stringMatching(/^3 entries/) }]);
  });

  it.each(['', '{', '[]', '{"Content":1}', 'null'])('reports %j, which is no inventory', async (content) => {
    const inventory = await scan(content || ' ');
    expect(inventory.problems).toMatchObject([{ code: 'malformed', path }]);
  });

  it('passes by other files of that name', async () => {
    expect((await scan({ Content: [kernel] }, 'srv/application-inventory.json')).packages).toEqual([]);
  });
});

describe('parseApplicationInventory', () => {
  it('never throws', () => {
    const entry = fc.dictionary(fc.constantFrom('Name', 'Version', 'Epoch', 'Url'), fc.jsonValue());
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.array(entry).map((Content) => JSON.stringify({ Content })),
        ),
        (text) => {
          parseApplicationInventory(text);
        },
      ),
    );
  });
});
