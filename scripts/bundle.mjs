// Bundles the package in the current folder: `node ../../scripts/bundle.mjs`, after `tsc -b` wrote its declarations.
//
// Each entry of the package becomes one file in dist/, with chunks beside it for what several share or what is loaded
// later. Dependencies stay outside. Node loads hundreds of small modules one by one, which took longer than a scan of a
// small image does; see docs/decisions/010-packages-are-bundled.md.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { rolldown } from 'rolldown';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const sources = Object.values(manifest.exports ?? {})
  .map((target) => target['@falcon-iar/source'])
  .filter((source) => source?.endsWith('.ts'));
if (manifest.bin !== undefined) sources.push('./src/main.ts');

// What threads load has chunks of its own: a thread loads little of what an import of the package does.
const isThread = (source) => basename(source) === 'worker.ts';
const bundles = [sources.filter((source) => !isThread(source)), sources.filter(isThread)];

removeBuilt('dist');
for (const [index, entries] of bundles.entries()) {
  if (entries.length === 0) continue;
  const bundle = await rolldown({
    input: entries,
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    logLevel: 'warn',
    onLog: (_level, log) => {
      throw new Error(`${manifest.name}: ${log.message}`);
    },
  });
  await bundle.write({
    dir: 'dist',
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: `chunks/${index === 0 ? '' : 'worker-'}[name]-[hash].js`,
  });
  await bundle.close();
}

/** Files of an earlier build: names of chunks change with what is in them. */
function removeBuilt(directory) {
  if (!existsSync(directory)) return;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) removeBuilt(path);
    else if (/\.js(\.map)?$/.test(entry.name)) rmSync(path);
  }
}
