import { anywhere, type BinaryClass, near } from '../binary-class.ts';

const number = String.raw`(?<version>\d{1,2}(?:\.\d{1,3}){0,2}(?:alpha|beta|rc)?\d{0,2})`;
const inKit = /\D(?<version>\d{1,2}\.\d{1,2}\.\d{1,3})buildkitsandbox-\d/;
const mysql = ['oracle:mysql'];
const mysqlServer = ['oracle:mysql', 'oracle:mysql_server'];
const cluster = near('/mysql-cluster-', new RegExp(`/mysql-cluster-(?:gpl|com)-${number}/`));
const redisFiles = ['redis-server', 'redis-check-rdb', 'redis-check-aof', 'redis-sentinel'];
const valkeyFiles = ['valkey-server', 'valkey-check-rdb', 'valkey-check-aof', 'valkey-sentinel'];

/** Databases, and what stores and caches. */
export const databaseClasses: readonly BinaryClass[] = [
  {
    ...{ id: 'redis', name: 'redis', cpes: ['redis:redis', 'redislabs:redis'], files: redisFiles },
    rules: [
      near('buildkitsandbox-', inKit),
      near('Redis version ', /Redis version (?<version>\d\.\d{1,2}\.\d{1,3})/),
      // The version and, at once behind it, twelve characters of the builder's name and the time.
      anywhere(/[^\d.](?<version>[2-9]\.\d{1,2}\.\d{1,2})[\da-f]{12}-\d{10}/, 'Redis version'),
      anywhere(/\0(?<version>[2-9]\.\d{1,2}\.\d{1,3})\0/, 'Redis version'),
    ],
  },
  {
    ...{ id: 'valkey', name: 'valkey', files: valkeyFiles },
    cpes: ['lfprojects:valkey', 'linuxfoundation:valkey', 'valkey-io:valkey'],
    rules: [
      near('buildkitsandbox-', inKit),
      // It also names the version of Redis it is compatible with, which has stayed below 7.3.
      anywhere(/\0(?<version>(?:7\.2\.(?!4\0)|[89]\.|\d{2}\.)\d{1,3}(?:\.\d{1,3})?)\0/, 'valkey_version'),
    ],
  },
  {
    ...{ id: 'memcached', name: 'memcached', cpes: ['memcached:memcached'], files: ['memcached'] },
    rules: [near('memcached 1.', /memcached (?<version>\d\.\d{1,2}\.\d{1,3})/)],
  },
  {
    ...{ id: 'postgresql', name: 'postgresql', cpes: ['postgresql:postgresql'], files: ['postgres'] },
    rules: [near('PostgreSQL ', /[\0?]PostgreSQL (?<version>\d{1,2}(?:\.\d{1,2}){0,2}(?:(?:alpha|beta|rc)\d)?)[^\d.]/)],
  },
  {
    ...{ id: 'pgbouncer', name: 'pgbouncer', cpes: ['pgbouncer:pgbouncer'], files: ['pgbouncer'] },
    rules: [near('PgBouncer ', /PgBouncer (?<version>\d\.\d{1,2}\.\d{1,2})/)],
  },
  {
    ...{ id: 'mysql', name: 'mysql', cpes: mysql, files: ['mysql'] },
    rules: [
      anywhere(new RegExp(String.raw`\0${number.replace('{0,2}', '{2}')}\0{1,16}mysql`)),
      near('/mysql-', new RegExp(`/mysql-${number}`)),
    ],
  },
  {
    ...{ id: 'mysql-server', name: 'mysql-server', cpes: mysqlServer, files: ['mysqld'] },
    rules: [
      near('cluster-gpl', new RegExp(String.raw`cluster-gpl\0${number}-ndb-`)),
      near('/mysql-', new RegExp(`/mysql-${number}/`)),
    ],
  },
  {
    ...{ id: 'mysql-cluster-legacy', name: 'mysql-cluster', cpes: ['oracle:mysql_cluster'], files: ['mysqld'] },
    rules: [near('cluster-gpl', new RegExp(String.raw`cluster-gpl\0[\d.]{1,10}-ndb-${number}`))],
  },
  {
    ...{ id: 'mysql-cluster', name: 'mysql-cluster', cpes: [...mysqlServer, 'oracle:mysql_cluster'] },
    ...{ files: ['mysqld', 'ndbd', 'ndbmtd', 'ndb_mgmd'], rules: [cluster], insteadOf: ['mysql-server'] },
  },
  {
    ...{ id: 'percona-server', name: 'percona-server', cpes: [...mysql, 'percona:percona_server'] },
    ...{ files: ['mysql', 'mysqld'], insteadOf: ['mysql', 'mysql-server'] },
    rules: [near('/percona-server-', new RegExp(`/percona-server-${number}`))],
  },
  {
    ...{ id: 'percona-xtradb-cluster', name: 'percona-xtradb-cluster' },
    cpes: [...mysql, 'percona:percona_server', 'percona:xtradb_cluster'],
    ...{ files: ['mysql', 'mysqld'], insteadOf: ['mysql', 'mysql-server', 'percona-server'] },
    rules: [near('/Percona-XtraDB-Cluster-', new RegExp(`/Percona-XtraDB-Cluster-${number}`))],
  },
  {
    ...{ id: 'percona-xtrabackup', name: 'percona-xtrabackup', cpes: ['percona:xtrabackup'], files: ['xtrabackup'] },
    rules: [near('/percona-xtrabackup-', new RegExp(`/percona-xtrabackup-${number}`))],
  },
  {
    ...{ id: 'mariadb', name: 'mariadb', cpes: ['mariadb:mariadb'], insteadOf: ['mysql', 'mysql-server'] },
    files: ['mariadb', 'mariadbd', 'mysql', 'mysqld', 'mariadb-dump', 'mariadb-admin'],
    rules: [
      near('-MariaDB', /[^\d.](?<version>\d{1,2}\.\d{1,2}\.\d{1,3})-MariaDB/),
      near('mariadb-', /[^\w.-]mariadb-(?<version>\d{1,2}\.\d{1,2}\.\d{1,3})-/),
    ],
  },
  {
    ...{ id: 'mongodb', name: 'mongodb', cpes: ['mongodb:mongodb'], files: ['mongod', 'mongos'] },
    rules: ['tcmalloc', 'heap_size', 'cppdefines'].map((next) =>
      near(next, new RegExp(String.raw`[^\d.](?<version>\d\.\d{1,2}\.\d{1,3})\0{1,16}${next}`)),
    ),
  },
  {
    ...{ id: 'arangodb', name: 'arangodb', cpes: ['arangodb:arangodb'], files: ['arangosh', 'arangod'] },
    rules: [near('[linux]', /[^\d.](?<version>\d\.\d{1,2}\.\d{1,2}(?:-\d{1,2})?) (?:enterprise )?\[linux\]/)],
  },
  {
    ...{ id: 'sqlite', name: 'sqlite', cpes: ['sqlite:sqlite'], files: ['sqlite3', /^libsqlite3\.so/] },
    rules: [
      anywhere(/\0(?<version>3\.\d{1,2}\.\d{1,2}(?:\.\d{1,2})?)\0/, 'SQLite format 3'),
      near('libsqlite3.so', /\0(?<library>libsqlite3\.so[.\d]{0,8})\0/),
    ],
  },
  {
    ...{ id: 'sqlcipher', name: 'sqlcipher', cpes: ['zetetic:sqlcipher'] },
    files: ['sqlcipher', /^libsqlcipher\.so/],
    rules: [
      near('cipher_page_size', /\0(?<version>[34]\.\d{1,2}\.\d{1,2})(?: (?:community|commercial|enterprise))?\0/),
      near('cipher_version', /\0(?<version>[34]\.\d{1,2}\.\d{1,2})(?: (?:community|commercial|enterprise))?\0/),
      near('libsqlcipher.so', /\0(?<library>libsqlcipher\.so[.\d]{0,8})\0/),
    ],
  },
];
