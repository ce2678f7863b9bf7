// Delivers an inventory to a Falcon cloud that runs in this process and is as strict as the published schema.
// Run it with: node upload-to-the-falcon-double.ts
import { FalconClient } from '@falcon-iar/falcon-api';
import { createFalconCloud, minimalInventoryScanRequest } from '@falcon-iar/falcon-api/testing';

await using cloud = await createFalconCloud();
await using client = new FalconClient({
  apiUrl: cloud.apiUrl,
  uploadUrl: cloud.uploadUrl,
  credentials: { clientId: cloud.clientId, clientSecret: cloud.clientSecret },
});

const digest = `sha256:${'ab'.repeat(32)}`;
const receipt = await client.inventory.upload(minimalInventoryScanRequest(digest));
const stored = cloud.inventories.map(({ inventory }) => inventory.ImageInfo.Digest);
process.stdout.write(
  `accepted by the ${receipt.host} host, ${receipt.bytes} bytes\nthe cloud now has ${stored.join(', ')}\n`,
);
