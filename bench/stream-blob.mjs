// Streams one blob through the registry client, which verifies it, and throws the bytes away. Arguments: HOST:PORT/NAME,
// digest, size in bytes, and `free` to give each chunk back as soon as it has been counted.
import { RegistryClient } from '../packages/oci-registry/dist/index.js';

const [repository = '', digest = '', size = '', chunks = 'keep'] = process.argv.slice(2);
await using client = new RegistryClient();
let bytes = 0;
for await (const chunk of client.openBlob(repository, { digest, size: Number(size) })) {
  bytes += chunk.length;
  if (chunks === 'free' && chunk.byteLength === chunk.buffer.byteLength) chunk.buffer.transfer(0);
}
process.stdout.write(`${JSON.stringify({ bytes })}\n`);
