// A program: reads a layer of very many small files, made on the way, as the agent reads one, and says what that took.
// Arguments: how many files, and `heads` where a cataloger looks at the first bytes of each.
import { setImmediate } from 'node:timers/promises';
import { indexLayer, walkLayer } from '../../packages/layer-extract/src/index.ts';
import { analyzeLayer, type Cataloger, defaultCatalogers } from '../../packages/sbom/src/index.ts';

/** What reading the layer took. */
export interface LargeLayer {
  readonly selected: number;
  readonly problems: number;
  /** Milliseconds of processor time. */
  readonly cpuMs: number;
  /** Bytes. */
  readonly peakRss: number;
}

const filesOfDirectory = 100;
const manifest = '{"name":"large","version":"1.0.0"}';

/** Catalogers as there may be, each with names of its own that no file of the layer has. */
const others = Array.from(
  { length: 55 },
  (_, index): Cataloger => ({
    ...{ name: `other-${index}`, version: '1', extract: async () => undefined, assemble: () => [] },
    select: { names: [`lock-${index}.json`], suffixes: [`.s${index}`], directories: [`d${index}.d`] },
  }),
);

const byHead: Cataloger = {
  ...{ name: 'by-head', version: '1', extract: async () => undefined, assemble: () => [] },
  select: { magic: (head) => head[0] === 0x7f && head[1] === 0x45 },
};

async function* layer(files: number): AsyncIterable<Uint8Array> {
  const header = tarHeader();
  let chunk = Buffer.alloc(256 * 1024);
  let filled = 0;
  for (let number = 0; number < files; number += 1) {
    const isManifest = number % 1_000 === 0;
    const directory = `srv/app/node_modules/${Math.floor(number / filesOfDirectory)}`;
    const file = isManifest ? 'package.json' : `file-${number}.js`;
    name(header, `${directory}/${file}`, manifest.length);
    header.copy(chunk, filled);
    chunk.write(isManifest ? manifest : '// text', filled + 512, 'latin1');
    filled += 1024;
    if (filled < chunk.length) continue;
    yield chunk;
    chunk = Buffer.alloc(256 * 1024);
    filled = 0;
    // A source that waits for nothing would leave the process no turn to collect what is spent.
    await setImmediate();
  }
  yield chunk.subarray(0, filled);
  yield Buffer.alloc(1024);
}

function tarHeader(): Buffer {
  const header = Buffer.alloc(512);
  header.write('0000644\x000000000\x000000000\0', 100, 'latin1');
  header.write('00000000000\x0000000000000\0        0', 124, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  return header;
}

function name(header: Buffer, path: string, size: number): void {
  header.fill(0, 0, 100);
  header.fill(0x20, 148, 156);
  header.write(path, 0, 'latin1');
  header.write(size.toString(8).padStart(11, '0'), 124, 'latin1');
  let sum = 0;
  for (const byte of header.subarray(0, 265)) sum += byte;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}

async function analyze(files: number, heads: boolean): Promise<LargeLayer> {
  const blob = { mediaType: 'application/vnd.oci.image.layer.v1.tar', open: () => layer(files) };
  const catalogers = [...defaultCatalogers, ...others, ...(heads ? [byHead] : [])];
  const before = process.cpuUsage();
  const { events, index } = indexLayer(walkLayer(blob));
  const facts = await analyzeLayer(events, { catalogers });
  const { user, system } = process.cpuUsage(before);
  index();
  const peakRss = process.resourceUsage().maxRSS * 1024;
  return { selected: facts.paths.length, problems: facts.problems.length, cpuMs: (user + system) / 1000, peakRss };
}

const [, , files = '', heads] = process.argv;
console.log(JSON.stringify(await analyze(Number(files), heads === 'heads')));
