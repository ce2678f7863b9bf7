import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { pnpmLockCataloger } from './cataloger.ts';

describe('pnpmLockCataloger', () => {
  it('declares what a project locks and reports what is no lock file', async () => {
    const lock = "lockfileVersion: '9.0'\npackages:\n  '@s/a@1.0.0':\n    resolution: {integrity: sha512-x}\n";
    const layer = { 'srv/pnpm-lock.yaml': lock, 'a/node_modules/b/pnpm-lock.yaml': lock, 'pnpm-lock.yaml': 'x: y' };
    const { packages, problems } = await inventoryOf([layer], [pnpmLockCataloger as Cataloger]);
    expect(packages).toMatchObject([{ purl: 'pkg:npm/%40s/a@1.0.0', scope: 'declared' }]);
    expect(packages[0]?.occurrences).toHaveLength(1);
    expect(problems).toMatchObject([{ path: 'pnpm-lock.yaml', code: 'malformed' }]);
  });
});
