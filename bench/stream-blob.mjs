// Streams one blob through the registry client, which verifies it, and throws the bytes away. Arguments: HOST:PORT/NAME,
// digest, size in bytes.
import { RegistryClient } from '../packages/oci-registry/dist/index.js';

const [repository = '', digest = '', size = ''] = process.argv.slice(2);
await using client = new RegistryClient();
let bytes = 0;
for await (const chunk of client.openBlob(repository, { digest, size: Number(size) })) bytes += chunk.length;
process.stdout.write(`${JSON.stringify({ bytes })}\n`);
