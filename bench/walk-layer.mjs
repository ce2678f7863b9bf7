// Reads gzip layers in this process, some at once, and throws away what comes of it. Plain JavaScript on the built
// packages, as the agent runs them. Arguments: what to do (`gunzip`: zlib alone, at its fastest; `walk`: events with
// nothing selected; `select`: the files that the default catalogers want read to their end, and the index; `analyze`: the
// same with what the catalogers make of them), layers at once, times each, and the layer: a file, or the bytes of one
// that is made on the way.
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { indexLayer, walkLayer } from '../packages/layer-extract/dist/index.js';
import { analyzeLayer, createByteBudget, defaultCatalogers } from '../packages/sbom/dist/index.js';
import { madeLayer } from './made-layer.mjs';

const readSize = 256 * 1024;
/** Of 16, 64, 96 and 256 KiB the one that costs zlib least. */
const inflatedSize = 96 * 1024;
const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip';
const [action = '', atOnce = '1', times = '1', layer = ''] = process.argv.slice(2);
const budget = createByteBudget(64 * 1024 * 1024);

const open = /^\d+$/.test(layer)
  ? () => madeLayer(Number(layer))
  : () => createReadStream(layer, { highWaterMark: readSize });

const actions = {
  async gunzip() {
    const inflated = createGunzip({ chunkSize: inflatedSize });
    const source = open();
    if ('pipe' in source) source.pipe(inflated);
    else void feed(source, inflated);
    let bytes = 0;
    for await (const chunk of inflated) bytes += chunk.byteLength;
    return bytes;
  },
  async walk() {
    let events = 0;
    for await (const _event of walkLayer({ mediaType, open })) events += 1;
    return events;
  },
  select: () => read(defaultCatalogers.map(readingOnly)),
  analyze: () => read(defaultCatalogers),
};

async function read(catalogers) {
  const { events, index } = indexLayer(walkLayer({ mediaType, open }));
  const facts = await analyzeLayer(events, { catalogers, budget });
  return [index().entries.byteLength, facts.paths.length];
}

/** The cataloger without what it makes of its files. */
function readingOnly({ name, version, select }) {
  const extract = async (file) => {
    for await (const _chunk of file.stream());
    return true;
  };
  return { name, version, select, extract, assemble: () => [] };
}

async function feed(source, sink) {
  for await (const chunk of source) {
    if (!sink.write(chunk)) await new Promise((resolve) => sink.once('drain', resolve));
  }
  sink.end();
}

async function one() {
  let result;
  for (let time = 0; time < Number(times); time += 1) result = await actions[action]();
  return result;
}

const results = await Promise.all(Array.from({ length: Number(atOnce) }, one));
process.stdout.write(`${JSON.stringify(results)}\n`);
