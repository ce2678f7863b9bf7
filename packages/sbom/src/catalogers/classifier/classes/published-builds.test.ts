import { describe, expect, it } from 'vitest';
import { createClassIndex } from '../class-index.ts';
import { VersionSearch } from '../version-search.ts';
import { binaryClasses } from './binary-classes.ts';

const index = createClassIndex(binaryClasses);

function foundIn(fileName: string, text: string, kind: 'text' | 'executable'): string[] {
  const search = new VersionSearch({ classes: index.classesOf(fileName, kind), fileName });
  search.push(Buffer.from(text, 'latin1'));
  return search.end().map((found) => `${found.class} ${found.version ?? found.library}`);
}

/** Surroundings of the version as published builds have them; `~` is a zero byte. */
const builds: readonly (readonly [fileName: string, bytes: string, found: string])[] = [
  ['python3.12', '~3.12.1~...PYTHONHOME', 'python 3.12.1'],
  ['python2.7', '~2.7.18~...PYTHONHOME', 'python 2.7.18'],
  ['python3', '~1.2.11~3.13.0rc1~PYTHONHOME', 'python 3.13.0rc1'],
  ['python3.12', '~libpython3.12.so.1.0~', 'python libpython3.12.so.1.0'],
  ['libpypy3.9-c.so', '[PyPy 7.3.11 with GCC 10.2.1]', 'pypy 7.3.11'],
  ['node', '~node v0.10.48~', 'node 0.10.48'],
  ['node', 'node.js~v4.9.1~', 'node 4.9.1'],
  ['node', '~libnode.so.108~', 'node libnode.so.108'],
  ['ruby', 'ruby 3.4.0preview1 (2024-05-16 master 9d69619623)', 'ruby 3.4.0preview1'],
  ['ruby', 'ruby 2.7.7p221 (2022-11-24 revision 168ec2b1e5)', 'ruby 2.7.7'],
  ['perl', '/usr/local/lib/perl5/5.38.0~', 'perl 5.38.0'],
  ['perl', '/usr/local/lib/perl5/site_perl/5.12.5/x86_64', 'perl 5.12.5'],
  ['php-fpm8.2', 'X-Powered-By: PHP/8.3.0RC4~', 'php 8.3.0RC4'],
  ['go', 'GOROOT~go1.21.0~', 'go 1.21.0'],
  ['libstd-0123456789abcdef.so', '~clang LLVM (rustc version 1.48.0 (7eac88abb 2020-11-16))', 'rust 1.48.0'],
  ['erlexec', '<artificial>~/usr/src/otp_src_25.3.2.6/erts/', 'erlang 25.3.2.6'],
  ['beam.smp', '/usr/local/src/otp-25.3.2.7/erts/', 'erlang 25.3.2.7'],
  ['beam.smp', '~~26.1.2~~~~~~Erlang/OTP', 'erlang 26.1.2'],
  ['beam.smp', 'Erlang/OTP 17%s [erts-6.4.1.6] [source]~17.5.6.9~~', 'erlang 17.5.6.9'],
  ['luajit', 'LuaJIT 2.1.0-beta3 -- Copyright', 'luajit 2.1.0-beta3'],
  ['dart', 'Dart,GC"~3.5.2 (stable)', 'dart 3.5.2'],
  ['dart', '~3.6.0-216.1.beta (beta)', 'dart 3.6.0-216.1.beta'],
  ['deno', 'Deno/2.6.3Deno/', 'deno 2.6.3'],
  ['deno', `standalonedeno-${'65db94fe'.repeat(5)}release/v1.29.4windows`, 'deno 1.29.4'],
  ['deno', `1.10.3${'1567c101'.repeat(5)}DENO_UNSTABLE`, 'deno 1.10.3'],
  ['bun', '~bun v1.1.0~', 'bun 1.1.0'],
  ['bun', 'Bun/1.2.3', 'bun 1.2.3'],
  ['bun', 'Bun v1.0.0', 'bun 1.0.0'],
  ['libjulia-internal.so.1.9', '__init__~1.12.6~branch~commit', 'julia 1.12.6'],
  ['libjulia-internal.so', '~__init__~1.10.11~verify_methods~', 'julia 1.10.11'],
  ['libjulia.so', "unknown option `%s'~1.8.5~julia version %s", 'julia 1.8.5'],
  ['ghc-9.4.7', '~GHC 9.4.7~', 'ghc 9.4.7'],
  ['ghc', '~libHSghc-8.10.4-ghc8.10.4.so~', 'ghc 8.10.4'],
  ['cabal', '/x86_64-linux-ghc-7.10.2/cabal-install-1.22.6.0-AfxbHivc~', 'cabal 1.22.6.0'],
  ['stack', 'Version 2.9.3, Git revision', 'stack 2.9.3'],
  ['swipl', '/build/swipl-9.1.18/src', 'swipl 9.1.18'],
  ['gcc', 'GCC: (GNU) 12.3.0', 'gcc 12.3.0'],
  ['openresty', 'nginx version: openresty/1.21.4.1', 'nginx 1.21.4, openresty 1.21.4.1'],
  ['nginx', '~nginx version: nginx/1.25.1', 'nginx 1.25.1'],
  ['httpd', 'Apache/2.4.54', 'httpd 2.4.54'],
  ['haproxy', 'HA-Proxy version 1.5.14', 'haproxy 1.5.14'],
  ['haproxy', 'version 2.9-dev4-abcdef1, released 2023', 'haproxy 2.9-dev4'],
  ['haproxy', '~1.8.22-6936dad~~HAProxy version', 'haproxy 1.8.22'],
  ['envoy', '~1.34.5~..envoy.reloadable_features', 'envoy 1.34.5'],
  ['envoy', '~1.18.6-dev~~ValidationError', 'envoy 1.18.6-dev'],
  ['envoy', '~1.6.0~..RELEASE', 'envoy 1.6.0'],
  ['envoy', 'envoy_quic..~1.28.7~', 'envoy 1.28.7'],
  ['named', 'BIND 9.16.1 (Extended Support Version)', 'bind 9.16.1'],
  ['openresty', '~nginx version: nginx/1.2.3~', 'nginx 1.2.3'],
  ['redis-server', '~7.0.14buildkitsandbox-1702957741000000000', 'redis 7.0.14'],
  ['redis-server', 'Redis version~a4.0.11841ce7054bd9-1542359302000000000', 'redis 4.0.11'],
  ['redis-server', 'Server started, Redis version 2.8.23', 'redis 2.8.23'],
  ['valkey-server', '~valkey9.0.0buildkitsandbox-1764887574000000000', 'valkey 9.0.0'],
  ['valkey-server', 'valkey_version:%s~7.2.4~8.1.3~', 'valkey 8.1.3'],
  ['postgres', '~PostgreSQL 15beta4 on', 'postgresql 15beta4'],
  ['postgres', '~PostgreSQL 9.6.24 on', 'postgresql 9.6.24'],
  ['mysql', 'shutdown~8.0.37~~~~~mysql_real_esc', 'mysql 8.0.37'],
  ['mysql', '/release/mysql-8.0.4-rc/mysys_ssl/my_default.cc', 'mysql 8.0.4'],
  ['mysqld', '/export/home/pb2/build/mysql-8.0.34/sql/', 'mysql-server 8.0.34'],
  ['mysqld', 'cluster-gpl~5.7.33-ndb-7.5.21', 'mysql-server 5.7.33, mysql-cluster-legacy 7.5.21'],
  ['mysqld', '/mysql-cluster-gpl-8.0.35/sql/~/mysql-8.0.35/', 'mysql-cluster 8.0.35'],
  ['ndbd', '/mysql-cluster-gpl-8.0.35/storage', 'mysql-cluster 8.0.35'],
  ['mysql', '/percona-server-8.0.35-27/client~/mysql-8.0.35', 'percona-server 8.0.35'],
  ['mysql', '/Percona-XtraDB-Cluster-8.0.34/client~/percona-server-8.0.34', 'percona-xtradb-cluster 8.0.34'],
  ['xtrabackup', '/percona-xtrabackup-8.0.35-30/', 'percona-xtrabackup 8.0.35'],
  ['mariadb', 'libmariadb-11.8.5-linux', ''],
  ['mariadb', '/mariadb-11.8.5-linux-systemd-x86_64', 'mariadb 11.8.5'],
  ['mysql', '~10.6.15-MariaDB~/mysql-8.0.1', 'mariadb 10.6.15'],
  ['mongod', '~6.0.27~tcmalloc', 'mongodb 6.0.27'],
  ['mongod', '~8.0.17~~cppdefines', 'mongodb 8.0.17'],
  ['arangosh', '~3.11.8 enterprise [linux]', 'arangodb 3.11.8'],
  ['bash', '@(#)Bash version 5.2.0(1) rc4 GNU', 'bash 5.2.0'],
  ['git-remote-http', 'git/2.43.0~', 'git 2.43.0'],
  ['gzip', 'BusyBox~1.36~', ''],
  ['jq', '~jq-1.7.1~', 'jq 1.7.1'],
  ['chrome', '~127.0.6533.119~Default', 'chrome 127.0.6533.119'],
  ['headless_shell', 'HeadlessChrome/120.0.6099.28', 'chrome 120.0.6099.28'],
  ['openssl', '~OpenSSL 1.1.1w  11 Sep 2023', 'openssl 1.1.1w'],
  ['openssl', '~OpenSSL 1.1.1 (compatible; AWS-LC 1.69.0)~', 'aws-lc 1.69.0'],
  ['libcrypto.so.46', '~LibreSSL 3.8.2~', 'libressl 3.8.2'],
  ['ld-musl-x86_64.so.1', 'musl libc (x86_64)~Version %s~Dynamic Program Loader~~1.2.4~', 'musl 1.2.4'],
  ['libkrb5.so.26', '$Version: Heimdal 7.8.0~', 'heimdal 7.8.0'],
  ['libkrb5.so.3', '~KRB5_BRAND: krb5-1.17-final 1.17 20190108', 'krb5 1.17'],
  ['ldapsearch', '@(#) $OpenLDAP: ldapsearch 2.6.7 (Jun 2024)', 'openldap 2.6.7'],
  ['libQt6Core.so.6.5.0', '~~Qt 6.5.0 (x86_64-little_endian-lp64 shared', 'qtbase 6.5.0'],
  ['libQtCore.so.4', 'QtCore library version 4.8.7', 'qtbase 4.8.7'],
  ['libavcodec.so.59', 'FFmpeg version n6.0.1~Lavc59.37.100', 'ffmpeg-library 6.0.1'],
  ['filebeat', 'forcestdinsetupTest 9.4.2%s %w', 'filebeat 9.4.2'],
  ['heartbeat', 'exportconfigcreateplugin9.4.2-globalclient', 'heartbeat 9.4.2'],
  ['metricbeat', '5m.rate8.11.2-9765625', 'metricbeat 8.11.2'],
  ['elastic-agent', 'config/statsenroll: true9.4.2-headeruint16secret', 'elastic-agent 9.4.2'],
  ['elastic-agent', '3:04PM8.11.2:https', 'elastic-agent 8.11.2'],
  ['traefik', 'github.com/traefik/traefik/v2~~2.9.6~', 'traefik 2.9.6'],
  ['helm', 'helm.sh/helm/v4~~v4.1.4~~~', 'helm 4.1.4'],
  ['consul', 'CONSUL_VERSION: 1.18.1', 'consul 1.18.1'],
  ['consul', '-X main.GitDescribe=1.12.9"', 'consul 1.12.9'],
  ['vault', 'lease-revoke1.18.0', 'vault 1.18.0'],
  ['vault', 'secondsindex_state1.20.0-rc1', 'vault 1.20.0-rc1'],
  ['vault', 'hashicorp/vault~~1.11.6~~', 'vault 1.11.6'],
  ['grafana', 'grafana/grafana~~release-12.3.2+security-01~~', 'grafana 12.3.2'],
  ['grafana', 'grafana/grafana~~~12.2.0-258092~~', 'grafana 12.2.0-258092'],
  ['grafana-server', 'HEAD~~~~:~~~~7.5.17~~', 'grafana 7.5.17'],
  ['pilot-discovery', 'Clean~~~1.8.0~', 'istio 1.8.0'],
  ['pilot-agent', 'istio.io/istio~1.26.8~~1.26.8~', 'istio 1.26.8'],
  ['pilot-agent', 'Modified~~~1.10-dev~~', 'istio 1.10-dev'],
  ['nginx-ingress-controller', 'k8s.io/ingress-nginx~v1.19.0~x~~v1.9.6~~', 'ingress-nginx 1.9.6'],
  ['fluent-bit', '~3.0.2~%sFluent Bit', 'fluent-bit 3.0.2'],
  ['fluent-bit', '~1.7.0~\x1b[1m~%sFluent Bit', 'fluent-bit 1.7.0'],
];

const texts: readonly (readonly [fileName: string, text: string, found: string])[] = [
  ['VERSION', 'go1.22.1\ntime 2024-02-29T18:18:48Z\n', 'go-version-file 1.22.1'],
  ['VERSION', 'built with go1.22.1\n', ''],
  ['elixir', '#!/bin/sh\nELIXIR_VERSION=1.17.0-rc.1\n', 'elixir 1.17.0-rc.1'],
  ['composer.phar', "'name' => 'composer/composer',\n 'pretty_version' => '2.7.1',", 'composer 2.7.1'],
  ['composer', "const VERSION = '2.2.0-RC1';\nconst BRANCH_ALIAS_VERSION = '';", 'composer 2.2.0-RC1'],
  ['wp', 'wp-cli/wp-cli 2.9.0', 'wp-cli 2.9.0'],
  ['application.ini', '[App]\r\nVendor=Mozilla\r\nName=Firefox\r\nVersion=128.4.0esr\r\n', 'firefox 128.4.0esr'],
  ['application.ini', '[App]\nName=Thunderbird\nVersion=128.4.0\n', ''],
];

describe('binaryClasses', () => {
  it.each(builds)('read %s with %j', (fileName, bytes, found) => {
    expect(foundIn(fileName, bytes.replaceAll('~', '\0'), 'executable').join(', ')).toBe(found);
  });

  it.each(texts)('read the text %s with %j', (fileName, text, found) => {
    expect(foundIn(fileName, text, 'text').join(', ')).toBe(found);
  });
});
