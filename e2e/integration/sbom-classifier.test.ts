import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { analyzeLayer } from '../../packages/sbom/src/analyze/analyze-layer.ts';
import type { Cataloger } from '../../packages/sbom/src/catalog/cataloger.ts';
import { classifierCataloger } from '../../packages/sbom/src/catalogers/classifier/cataloger.ts';
import type { ClassifierFacts } from '../../packages/sbom/src/catalogers/classifier/package.ts';
import { extractedDebs } from '../support/extracted-debs.ts';
import { filesLayer } from '../support/files-layer.ts';
import { canRun } from '../support/required-tools.ts';
import { runTool } from '../support/run-tool.ts';

/** Debian's package, a program or library of it, its class, and what that says where it is not the package's version. */
const programs: readonly (readonly [pkg: string, path: string, binaryClass: string, says?: string])[] = [
  ['apache2-bin', 'usr/sbin/apache2', 'httpd'],
  ['bash', 'bin/bash', 'bash'],
  ['bind9', 'usr/sbin/named', 'bind'],
  ['busybox-static', 'bin/busybox', 'busybox'],
  ['bzip2', 'bin/bzip2', 'bzip2', 'libbz2.so.1.0'],
  ['chrony', 'usr/sbin/chronyd', 'chrony'],
  ['coturn', 'usr/bin/turnserver', 'coturn'],
  ['curl', 'usr/bin/curl', 'curl'],
  ['dnsmasq-base', 'usr/sbin/dnsmasq', 'dnsmasq'],
  ['dropbear-bin', 'usr/sbin/dropbear', 'dropbear'],
  ['exim4-daemon-light', 'usr/sbin/exim4', 'exim'],
  ['ffmpeg', 'usr/bin/ffmpeg', 'ffmpeg'],
  ['gawk', 'usr/bin/gawk', 'gawk'],
  ['gpgv', 'usr/bin/gpgv', 'gnupg'],
  ['gzip', 'bin/gzip', 'gzip'],
  ['haproxy', 'usr/sbin/haproxy', 'haproxy'],
  ['jq', 'usr/bin/jq', 'jq'],
  ['keepalived', 'usr/sbin/keepalived', 'keepalived'],
  ['libavutil57', 'usr/lib/*/libavutil.so.57', 'ffmpeg-library'],
  ['libbz2-1.0', 'lib/*/libbz2.so.1.0', 'bzip2-library'],
  ['libcurl4', 'usr/lib/*/libcurl.so.4', 'curl-library'],
  ['libexpat1', 'lib/*/libexpat.so.1', 'expat'],
  ['libgcrypt20', 'usr/lib/*/libgcrypt.so.20', 'libgcrypt'],
  ['libgnutls30', 'usr/lib/*/libgnutls.so.30', 'gnutls'],
  ['libkrb5-3', 'usr/lib/*/libkrb5.so.3', 'krb5'],
  ['liblzma5', 'lib/*/liblzma.so.5', 'xz-library'],
  ['libnghttp2-14', 'usr/lib/*/libnghttp2.so.14', 'nghttp2'],
  ['libpcap0.8', 'usr/lib/*/libpcap.so.1', 'libpcap'],
  ['libpython3.11', 'usr/lib/*/libpython3.11.so.1.0', 'python'],
  ['libsqlcipher0', 'usr/lib/*/libsqlcipher.so.0', 'sqlcipher'],
  ['libsqlite3-0', 'usr/lib/*/libsqlite3.so.0', 'sqlite'],
  ['libssl3', 'usr/lib/*/libcrypto.so.3', 'openssl'],
  ['libssl3', 'usr/lib/*/libssl.so.3', 'openssl', 'libcrypto.so.3'],
  ['libzstd1', 'usr/lib/*/libzstd.so.1', 'zstd-library'],
  ['lighttpd', 'usr/sbin/lighttpd', 'lighttpd'],
  ['lua5.4', 'usr/bin/lua5.4', 'lua'],
  ['make', 'usr/bin/make', 'make'],
  ['mariadb-client-core', 'usr/bin/mariadb', 'mariadb'],
  ['memcached', 'usr/bin/memcached', 'memcached'],
  ['mosquitto', 'usr/sbin/mosquitto', 'mosquitto'],
  ['nginx', 'usr/sbin/nginx', 'nginx'],
  ['openssh-client', 'usr/bin/ssh', 'openssh'],
  ['openssh-server', 'usr/sbin/sshd', 'openssh'],
  ['openssl', 'usr/bin/openssl', 'openssl'],
  ['perl-base', 'usr/bin/perl', 'perl'],
  ['pgbouncer', 'usr/sbin/pgbouncer', 'pgbouncer'],
  ['php8.2-cli', 'usr/bin/php8.2', 'php'],
  ['postfix', 'usr/sbin/postconf', 'postfix'],
  ['proftpd-core', 'usr/sbin/proftpd', 'proftpd'],
  ['python3.11-minimal', 'usr/bin/python3.11', 'python'],
  ['redis-tools', 'usr/bin/redis-check-rdb', 'redis'],
  ['rsync', 'usr/bin/rsync', 'rsync'],
  ['socat', 'usr/bin/socat', 'socat'],
  ['sqlcipher', 'usr/bin/sqlcipher', 'sqlcipher', 'libsqlcipher.so.0'],
  ['sqlite3', 'usr/bin/sqlite3', 'sqlite', 'libsqlite3.so.0'],
  ['squid', 'usr/sbin/squid', 'squid'],
  ['stunnel4', 'usr/bin/stunnel4', 'stunnel'],
  ['tar', 'bin/tar', 'tar'],
  ['tcpdump', 'usr/bin/tcpdump', 'tcpdump'],
  ['unbound', 'usr/sbin/unbound', 'unbound'],
  ['util-linux', 'usr/bin/getopt', 'util-linux'],
  ['varnish', 'usr/sbin/varnishd', 'varnish'],
  ['vsftpd', 'usr/sbin/vsftpd', 'vsftpd'],
  ['wget', 'usr/bin/wget', 'wget'],
  ['xz-utils', 'usr/bin/xz', 'xz'],
  ['zlib1g', 'lib/*/libz.so.1', 'zlib'],
  ['zsh', 'bin/zsh', 'zsh'],
  ['zstd', 'usr/bin/zstd', 'zstd'],
];

/** What the makers call it: without epoch, Debian's revision, and what Debian says of its own changes. */
function upstream(version: string): string {
  return version
    .replace(/^\d+:/, '')
    .replace(/-[^-]*$/, '')
    .replace(/[+.]dfsg.*$|\+ds.*$/, '');
}

async function classified(paths: readonly string[]): Promise<ReadonlyMap<string, ClassifierFacts>> {
  const { paths: found, problems } = await analyzeLayer(filesLayer(paths), {
    catalogers: [classifierCataloger as Cataloger],
  });
  expect(problems).toEqual([]);
  return new Map(found.map(({ path, facts }) => [`/${path}`, facts.classifier as ClassifierFacts]));
}

const enabled = canRun('versions of programs against the packages they come from', ['apt-get', 'dpkg-query']);

describe.runIf(enabled)('programs and libraries of Debian', () => {
  let root: string;
  let facts: ReadonlyMap<string, ClassifierFacts>;
  const versions = new Map<string, string>();

  beforeAll(async () => {
    root = await extractedDebs('classified-programs', [...new Set(programs.map(([pkg]) => pkg))]);
    for (const file of await readdir(root)) {
      if (!file.endsWith('.deb')) continue;
      const fields = await runTool('dpkg-deb', ['-f', join(root, file), 'Package', 'Version']);
      const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(fields)?.[1] ?? '';
      versions.set(field('Package'), upstream(field('Version')));
    }
    const files = await readdir(root, { recursive: true, withFileTypes: true });
    facts = await classified(
      files.filter((file) => file.isFile()).map(({ parentPath, name }) => join(parentPath, name)),
    );
  });

  /** A star is the machine's triplet; a library is found under its full version. */
  function factsOf(path: string): ClassifierFacts | undefined {
    const [before = '', after] = join(root, path).split('*');
    const matches = (at: string): boolean =>
      after === undefined ? at === before : at.startsWith(before) && at.includes(after);
    return [...facts].find(([at]) => matches(at))?.[1];
  }

  it('are many', () => {
    expect(new Set(programs.map(([, , binaryClass]) => binaryClass)).size).toBeGreaterThan(55);
    expect(versions.size).toBe(new Set(programs.map(([pkg]) => pkg)).size);
  });

  const cases = programs.map(([pkg, path, binaryClass, says]) => ({ pkg, path, binaryClass, says }));

  it.each(cases)('$pkg: $path says its version, as $binaryClass', ({ pkg, path, binaryClass, says }) => {
    const expected = says === undefined ? { version: versions.get(pkg) } : { library: says };
    expect(factsOf(path)?.found).toEqual([{ class: binaryClass, ...expected }]);
  });
});

describe('the program that runs this', () => {
  it('is the Node.js that it says it is', async () => {
    const facts = await classified([process.execPath]);
    expect([...facts.values()]).toEqual([{ found: [{ class: 'node', version: process.versions.node }] }]);
  });
});
