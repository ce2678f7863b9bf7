import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ImageSpec, TarEntry } from '@falcon-iar/oci-registry/testing';
import { agentManifest } from '../cli/agent-manifest.ts';
import { type InstalledFile, installedPackages } from './installed-packages.ts';

const appRoot = 'usr/lib/iar';

/**
 * An image made of what is installed here: the Node runtime, this agent with its production dependencies, and a layer
 * that deletes and overwrites some of that. The layers are compressed in the two ways that are in use.
 */
export async function sampleImage(): Promise<ImageSpec> {
  const files = await installedPackages(dirname(agentManifest()), appRoot);
  const node = process.execPath;
  return {
    layers: [
      {
        entries: [
          { path: 'etc/os-release', content: 'ID=iar-sample\nNAME="IAR sample"\nVERSION_ID=1\n' },
          { path: 'usr/local/bin/node', content: await readFile(node), mode: 0o755 },
        ],
        compression: 'zstd',
      },
      { entries: await tarEntries(files), compression: 'gzip' },
      { entries: changes(files), compression: 'gzip' },
    ],
    platform: { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch },
    config: {
      config: { Entrypoint: ['/usr/local/bin/node', `/${appRoot}/dist/main.js`], Env: ['PATH=/usr/local/bin'] },
      history: [
        { created_by: 'COPY node /usr/local/bin/' },
        { created_by: `COPY agent /${appRoot}` },
        { created_by: 'RUN remove one package and upgrade another' },
      ],
    },
  };
}

async function tarEntries(files: readonly InstalledFile[]): Promise<TarEntry[]> {
  const entries: TarEntry[] = [];
  for (const { path, source } of files) entries.push({ path, content: await readFile(source) });
  return entries;
}

/** One package is whited out, another gets a new version over the old one. */
function changes(files: readonly InstalledFile[]): TarEntry[] {
  const top = new RegExp(`^${appRoot}/node_modules/([^@/][^/]*)/package\\.json$`);
  const [removed, upgraded] = files.flatMap(({ path }) => top.exec(path)?.[1] ?? []).sort();
  const modules = `${appRoot}/node_modules`;
  return [
    { path: `${modules}/.wh.${removed}` },
    { path: `${modules}/${upgraded}/package.json`, content: JSON.stringify({ name: upgraded, version: '999.0.0' }) },
  ];
}
