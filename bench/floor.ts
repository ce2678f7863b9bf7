// The least that any scanner in Node has to do with an image: fetch each layer once, two at once, verify its SHA-256
// and inflate it. What the agent needs beyond that is its own. Argument: HOST:PORT/NAME:TAG of a registry without TLS.
import { createHash } from 'node:crypto';
import { PassThrough, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { request } from 'undici';

interface Layer {
  readonly mediaType: string;
  readonly digest: string;
}

const chunkSize = 256 * 1024;
const manifestTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const [, host, name, tag] = /^([^/]+)\/(.+):([^:]+)$/.exec(process.argv[2] ?? '') ?? [];
const base = `http://${host}/v2/${name}`;
const answer = await request(`${base}/manifests/${tag}`, { headers: { accept: manifestTypes } });
const { layers } = (await answer.body.json()) as { layers: Layer[] };
let inflated = 0;
await Promise.all([worker(), worker()]);
process.stdout.write(`${JSON.stringify({ layers: layers.length, inflated })}\n`);

async function worker(): Promise<void> {
  for (let layer = layers.shift(); layer; layer = layers.shift()) await readLayer(layer);
}

async function readLayer({ digest, mediaType }: Layer): Promise<void> {
  const { body, statusCode } = await request(`${base}/blobs/${digest}`);
  if (statusCode !== 200) throw new Error(`${digest}: HTTP ${statusCode}`);
  const sha256 = createHash('sha256');
  // A tap on the body: one stream less than a transform of its own for hashing.
  body.on('data', (chunk: Buffer) => sha256.update(chunk));
  await pipeline(body, inflater(mediaType), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) inflated += chunk.length;
  });
  if (`sha256:${sha256.digest('hex')}` !== digest) throw new Error(`${digest}: content differs`);
}

function inflater(mediaType: string): Transform {
  if (mediaType.endsWith('gzip')) return createGunzip({ chunkSize });
  return mediaType.endsWith('zstd') ? createZstdDecompress({ chunkSize }) : new PassThrough();
}
