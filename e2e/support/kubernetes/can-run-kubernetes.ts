import { canRunWithout, hasTool } from '../required-tools.ts';

/** Whether a test that needs a real API server can run here; as `canRunWithout`. */
export function canRunKubernetes(what: string): boolean {
  const reasons: string[] = [];
  if (!hasTool('etcd')) reasons.push('etcd is missing (apt-get install etcd-server)');
  const canBuild = process.getuid?.() === 0 && hasTool('apt-get');
  if (!process.env.KUBEBUILDER_ASSETS && !canBuild) {
    reasons.push('KUBEBUILDER_ASSETS is not set, and only root on Debian can build a kube-apiserver');
  }
  return canRunWithout(what, reasons);
}
