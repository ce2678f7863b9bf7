import { readFile } from 'node:fs/promises';

/** Number of CAP_SYS_ADMIN in the kernel's masks (capabilities(7)). */
const systemAdministration = 21n;

/** The mapping of users that the first user namespace has: everybody is who they are. */
const identityMapping = /^\s*0\s+0\s+4294967295\s*$/;

/**
 * Whether a program that this process starts is shown attributes `trusted.*` (xattr(7)): they are hidden, without any
 * error, from everybody without CAP_SYS_ADMIN in the first user namespace. Root of a container mostly has it not.
 *
 * @param proc where procfs is mounted; without it the answer is no
 */
export async function showsTrustedAttributes(proc = '/proc'): Promise<boolean> {
  try {
    const [status, mapping] = await Promise.all([
      readFile(`${proc}/self/status`, 'latin1'),
      readFile(`${proc}/self/uid_map`, 'latin1'),
    ]);
    // Root's programs get what root has; those of others only what is ambient.
    const mask = /^Uid:\s+\d+\s+0\s/m.test(status) ? 'CapEff' : 'CapAmb';
    return identityMapping.test(mapping) && hasCapability(status, mask, systemAdministration);
  } catch {
    return false; // no procfs, or one that hides: then nobody can tell, which is what the caller reports
  }
}

function hasCapability(status: string, mask: 'CapEff' | 'CapAmb', capability: bigint): boolean {
  const digits = new RegExp(`^${mask}:\\s+([0-9a-f]+)$`, 'm').exec(status)?.[1];
  return digits !== undefined && ((BigInt(`0x${digits}`) >> capability) & 1n) === 1n;
}
