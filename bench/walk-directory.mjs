// Walks a directory in this process and throws away what comes of it. Plain JavaScript on the built package, as the agent
// runs it. Arguments: what to read of each file (`nothing`, `heads`: its first bytes, `contents`: all), and the directory.
import { walkDirectory } from '../packages/layer-extract/dist/index.js';

/** What catalogers that know files by their first bytes ask for. */
const headBytes = 512;
const [read = '', directory = ''] = process.argv.slice(2);
let [events, bytes] = [0, 0];
for await (const event of walkDirectory(directory)) {
  events += 1;
  if (event.kind !== 'file' || read === 'nothing') continue;
  if (read === 'heads') bytes += (await event.content.peek(headBytes)).byteLength;
  else for await (const chunk of event.content) bytes += chunk.byteLength;
}
process.stdout.write(`${JSON.stringify({ events, bytes })}\n`);
