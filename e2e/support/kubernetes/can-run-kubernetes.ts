import { runToEnd } from '../run-tool.ts';

/**
 * Whether a test that needs a real API server can run here. Where it cannot, says so loudly; in continuous integration
 * (`CI=true`) nothing may be skipped, so there it throws.
 */
export async function canRunKubernetes(what: string): Promise<boolean> {
  const reasons: string[] = [];
  if (!(await isInstalled('etcd'))) reasons.push('etcd is missing (apt-get install etcd-server)');
  if (!process.env.KUBEBUILDER_ASSETS) {
    const canBuild = process.getuid?.() === 0 && (await isInstalled('apt-get'));
    if (!canBuild) {
      reasons.push('KUBEBUILDER_ASSETS is not set, and only root on Debian can build a kube-apiserver');
    }
  }
  if (reasons.length === 0) return true;
  const message = `SKIPPED: ${what}: ${reasons.join('; ')}`;
  if (process.env.CI === 'true') throw new Error(message.replace('SKIPPED', 'CI must not skip'));
  process.stderr.write(`\n${message}\n\n`);
  return false;
}

async function isInstalled(program: string): Promise<boolean> {
  try {
    await runToEnd(program, ['--version']);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
