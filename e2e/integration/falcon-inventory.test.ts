import { FalconClient, toFalconInventory } from '@falcon-iar/falcon-api';
import { createFalconCloud } from '@falcon-iar/falcon-api/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { factsOfBody, factsOfInput } from '../../packages/falcon-api/src/inventory/round-trip.test-support.ts';
import { allCatalogers } from '../../packages/sbom/src/catalogers/all-catalogers.ts';
import type { Inventory } from '../../packages/sbom/src/model/inventory.ts';
import { coverageImage } from '../support/coverage-image.ts';
import { layoutInventory } from '../support/layout-inventory.ts';
import { canRun } from '../support/required-tools.ts';
import { rpmTools } from '../support/rpm-database.ts';

const what = 'the upload of a large inventory';
const tools = ['apt-get', 'chroot', 'dpkg-query', 'mmdebstrap', 'npm', 'tar', 'pacman', 'go', 'cargo', 'cc'] as const;
const runnable = canRun(what, [...tools, ...rpmTools], { root: true });

const context = {
  ...{ agentUuid: 'agent-1', agentVersion: '1.2.3', agentVersionHash: '', clusterId: '', clusterName: '' },
  ...{ helmVersion: '', hostIp: '', hostName: '', runmode: 'watcher', originalImageName: 'app:1' },
  ...{ collectedAt: '2026-08-01T12:00:00Z', engineVersion: '1.2.3' },
};

describe.runIf(runnable)('the inventory of an image of many package systems', () => {
  let inventory: Inventory;

  beforeAll(async () => {
    const { layout } = await coverageImage();
    inventory = await layoutInventory(layout, allCatalogers);
  });

  it.each(['accepted', 'refused'] as const)('arrives whole where gzip is %s', async (gzip) => {
    await using cloud = await createFalconCloud({ gzip });
    const { apiUrl, uploadUrl, clientId, clientSecret } = cloud;
    await using client = new FalconClient({ apiUrl, uploadUrl, credentials: { clientId, clientSecret } });
    const request = toFalconInventory(inventory, context);
    const receipt = await client.inventory.upload(request);
    expect(receipt).toMatchObject({ host: 'upload', encoding: gzip === 'accepted' ? 'gzip' : 'identity', shed: [] });
    const [stored] = cloud.stored.ofImage(inventory.subject.digest);
    expect(stored?.request()).toEqual(JSON.parse(JSON.stringify(request)));
    expect(factsOfBody(stored!.request())).toEqual(factsOfInput(inventory));
  });

  it('has something of every kind', () => {
    const {
      ApplicationPackages = [],
      ELFBinaries,
      HashedFiles = [],
      Packages,
    } = toFalconInventory(inventory, context).inventory;
    const libraries = ApplicationPackages.flatMap((each) => each.libraries);
    expect(Math.min(Packages.length, libraries.length, ELFBinaries.length, HashedFiles.length)).toBeGreaterThan(50);
    // Every package system of ours has a number.
    expect(ApplicationPackages.map(({ type }) => type)).not.toContain(0);
  });
});
