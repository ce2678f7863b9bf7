import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The Debian package that brings each program the real services are made of. */
const debianPackages = {
  'apt-get': 'apt',
  busybox: 'busybox-static',
  cargo: 'cargo',
  cc: 'gcc',
  chroot: 'coreutils',
  containerd: 'containerd',
  ctr: 'containerd',
  db_load: 'db-util',
  docker: 'docker.io',
  dockerd: 'docker.io',
  'docker-registry': 'docker-registry',
  'dpkg-deb': 'dpkg',
  'dpkg-query': 'dpkg',
  mmdebstrap: 'mmdebstrap',
  etcd: 'etcd-server',
  file: 'file',
  find: 'findutils',
  findmnt: 'util-linux',
  getfattr: 'attr',
  go: 'golang-go',
  gpg: 'gpg',
  nginx: 'nginx-light',
  nm: 'binutils',
  npm: 'npm',
  openssl: 'openssl',
  pacman: 'pacman-package-manager',
  perl: 'perl',
  podman: 'podman',
  readelf: 'binutils',
  rpm: 'rpm',
  rpmbuild: 'rpm',
  rpmsign: 'rpm',
  runc: 'runc',
  rustc: 'rustc',
  sha256sum: 'coreutils',
  skopeo: 'skopeo',
  tar: 'tar',
  tinyproxy: 'tinyproxy',
  umoci: 'umoci',
  unshare: 'util-linux',
  xmllint: 'libxml2-utils',
} as const;

/** A program of the system that a test may need. */
export type Tool = keyof typeof debianPackages;

/** Whether the program is on the PATH (the system's sbin directories count too). */
export function hasTool(tool: string): boolean {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return directories.some((directory) => {
    try {
      accessSync(join(directory, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Whether a test that needs these programs (and root, where asked for) can run here; as `canRunWithout`.
 */
export function canRun(what: string, tools: readonly Tool[], options: { readonly root?: boolean } = {}): boolean {
  const missing = tools.filter((tool) => !hasTool(tool));
  const reasons = missing.map((tool) => `${tool} is missing (apt-get install ${debianPackages[tool]})`);
  if (options.root && process.getuid?.() !== 0) reasons.push('it needs root');
  return canRunWithout(what, reasons);
}

/**
 * Whether nothing is in the way of a test. Where something is, says so loudly; in continuous integration (`CI=true`)
 * nothing may be skipped, so there it throws.
 */
export function canRunWithout(what: string, reasons: readonly string[]): boolean {
  if (reasons.length === 0) return true;
  const message = `SKIPPED: ${what}: ${reasons.join('; ')}`;
  if (process.env.CI === 'true') throw new Error(message.replace('SKIPPED', 'CI must not skip'));
  process.stderr.write(`\n${message}\n\n`);
  return false;
}
