import { anywhere, type BinaryClass, near } from '../binary-class.ts';

const three = String.raw`(?<version>\d{1,2}\.\d{1,3}\.\d{1,3})`;

/** Shells, packers, and other programs for people and scripts. */
export const toolClasses: readonly BinaryClass[] = [
  {
    ...{ id: 'bash', name: 'bash', cpes: ['gnu:bash'], files: ['bash', 'rbash', 'bash-static'] },
    rules: [near('@(#)Bash version ', new RegExp(String.raw`@\(#\)Bash version ${three}\(\d{1,3}\) [a-z\d]+ GNU`))],
  },
  {
    ...{ id: 'zsh', name: 'zsh', cpes: ['zsh:zsh'], files: ['zsh', /^zsh\d(?:\.\d)?$/, /^zsh-\d/] },
    rules: [near('zsh %s (', /\0(?<version>\d\.\d{1,2}(?:\.\d{1,2})?)\0zsh %s \(/)],
  },
  {
    ...{ id: 'busybox', name: 'busybox', cpes: ['busybox:busybox'], files: [/^busybox/] },
    rules: [near('BusyBox v', new RegExp(`BusyBox v${three}`))],
  },
  {
    ...{ id: 'util-linux', name: 'util-linux', cpes: ['kernel:util-linux'] },
    files: ['getopt', 'mount', 'lsblk', 'fdisk', 'agetty', 'blkid', 'dmesg', 'nsenter', 'unshare', 'setpriv'],
    rules: [near('util-linux ', /\0util-linux (?<version>\d\.\d{1,2}(?:\.\d{1,2})?(?:-rc\d)?)\0/)],
  },
  {
    ...{ id: 'curl', name: 'curl', cpes: ['haxx:curl'], files: ['curl'] },
    rules: [near('curl/', new RegExp(`curl/${three}`)), near('curl ', new RegExp(String.raw`\0curl ${three} \(`))],
  },
  {
    ...{ id: 'wget', name: 'wget', cpes: ['gnu:wget'], files: ['wget'] },
    rules: [anywhere(/\0(?<version>1\.\d{2}(?:\.\d{1,2})?)\0/, 'Wget/%s')],
  },
  {
    ...{ id: 'git', name: 'git', cpes: ['git-scm:git'], files: ['git', 'git-remote-http', 'git-shell'] },
    rules: [
      near('git/2.', new RegExp(`git/${three}`)),
      anywhere(/\0(?<version>2\.\d{1,2}\.\d{1,2})\0/, 'GIT_EXEC_PATH'),
    ],
  },
  {
    ...{ id: 'gzip', name: 'gzip', cpes: ['gnu:gzip'], files: ['gzip', 'gunzip'] },
    rules: [anywhere(/\0(?<version>1\.\d{1,2}(?:\.\d{1,2})?)\0/, ': not in gzip format')],
  },
  {
    ...{ id: 'xz', name: 'xz', cpes: ['tukaani:xz'], files: ['xz', 'xzdec', 'lzmainfo'] },
    rules: [near(' (XZ Utils) ', /\(XZ Utils\) (?<version>\d\.\d{1,2}\.\d{1,2}(?:alpha|beta)?)/)],
  },
  {
    ...{ id: 'zstd', name: 'zstd', cpes: ['facebook:zstandard'], files: ['zstd', 'zstdmt'] },
    rules: [
      near('Zstandard CLI', new RegExp(String.raw`\0v?${three}\0`)),
      anywhere(new RegExp(String.raw`\0v${three}\0`), 'Yann Collet'),
    ],
  },
  {
    ...{ id: 'bzip2', name: 'bzip2', cpes: ['bzip:bzip2'], files: ['bzip2', 'bunzip2', 'bzcat'] },
    rules: [
      near(', 13-Jul-', new RegExp(String.raw`\0${three}, \d{1,2}-[A-Z][a-z]{2}-\d{4}\0`)),
      near('libbz2.so', /\0(?<library>libbz2\.so[.\d]{0,8})\0/),
    ],
  },
  {
    ...{ id: '7-zip', name: '7-zip', cpes: ['7-zip:7-zip'], files: ['7z', '7za', '7zr', '7zz', '7zzs'] },
    rules: [near(' : Igor Pavlov', /7-Zip[^\0]{0,30} (?<version>\d{1,2}\.\d{2}) : Igor Pavlov/)],
  },
  {
    ...{ id: 'tar', name: 'tar', cpes: ['gnu:tar'], files: ['tar', 'gtar'] },
    rules: [anywhere(/\0(?<version>1\.\d{2}(?:\.\d{1,2})?)\0/, 'GNU tar')],
  },
  {
    ...{ id: 'gawk', name: 'gawk', cpes: ['gnu:gawk'], files: ['gawk', /^gawk-\d/] },
    rules: [near('GNU Awk ', /\0GNU Awk (?<version>\d\.\d{1,2}(?:\.\d{1,2})?)\0/)],
  },
  {
    ...{ id: 'make', name: 'make', cpes: ['gnu:make'], files: ['make', 'gmake'] },
    rules: [near('$(VPATH)', /\0(?<version>[34]\.\d{1,2}(?:\.\d{1,2})?)\0/)],
  },
  {
    ...{ id: 'rsync', name: 'rsync', cpes: ['samba:rsync'], files: ['rsync'] },
    rules: [
      near('copyright', /\0(?<version>[34]\.\d{1,2}\.\d{1,2})\0copyright\0/),
      anywhere(/\0(?<version>3\.\d\.\d{1,2})\0/, 'rsync'),
    ],
  },
  {
    ...{ id: 'jq', name: 'jq', cpes: ['jqlang:jq'], files: ['jq'] },
    rules: [
      near('jq-1.', /\0jq-(?<version>1\.\d{1,2}(?:\.\d{1,2})?)\0/),
      anywhere(/\0(?<version>1\.\d(?:\.\d{1,2})?(?:rc\d)?)\0/, 'jq: error'),
    ],
  },
  {
    ...{ id: 'tcpdump', name: 'tcpdump', cpes: ['tcpdump:tcpdump'], files: ['tcpdump'] },
    rules: [near('%s version ', /%s version (?<version>4\.\d{1,2}\.\d{1,2})/)],
  },
  {
    ...{
      id: 'gnupg',
      name: 'gnupg',
      cpes: ['gnupg:gnupg'],
      files: ['gpg', 'gpgv', 'gpg2', 'gpg-agent', 'gpgsm', 'dirmngr'],
    },
    rules: [near('@GNUPG@', /\0(?<version>\d\.\d\.\d{1,2})\0/), near('(GnuPG)', /\0(?<version>\d\.\d\.\d{1,2})\0/)],
  },
  {
    ...{ id: 'socat', name: 'socat', cpes: ['dest-unreach:socat'], files: ['socat', 'socat1'] },
    rules: [anywhere(/\0(?<version>1\.[78](?:\.\d){2})\0/, 'socat version')],
  },
  {
    ...{ id: 'chrony', name: 'chrony', cpes: ['tuxfamily:chrony'], files: ['chronyd'] },
    rules: [near('--version', /\0(?<version>\d\.\d{1,2}(?:\.\d)?)\0/)],
  },
  {
    ...{ id: 'ffmpeg', name: 'ffmpeg', cpes: ['ffmpeg:ffmpeg'], files: ['ffmpeg', 'ffprobe', 'ffplay'] },
    rules: [near('%s version ', /%s version n?(?<version>\d\.\d{1,2}(?:\.\d{1,2})?)/)],
  },
  {
    ...{ id: 'chrome', name: 'chrome', cpes: ['google:chrome'] },
    files: ['chrome', 'chromium', 'chrome-headless-shell', 'headless_shell'],
    rules: [
      anywhere(/\0(?<version>\d{2,3}\.\d{1,2}\.\d{1,5}\.\d{1,4})\0Default/),
      near('Chrome/', /Chrome\/(?<version>\d{2,3}\.\d{1,2}\.\d{1,5}\.[1-9]\d{0,3})/),
    ],
  },
  {
    ...{ id: 'firefox', name: 'firefox', cpes: ['mozilla:firefox'], files: ['application.ini'], text: true },
    rules: [
      near(
        'Name=Firefox',
        /^Name=Firefox\r?$[\s\S]*?^Version=(?<version>\d{1,3}(?:\.\d{1,3}){1,3}(?:[ab]\d{1,3}|esr)?)\r?$/m,
      ),
    ],
  },
];
