import { anywhere, type BinaryClass, near } from '../binary-class.ts';

const three = String.raw`(?<version>\d{1,2}\.\d{1,3}\.\d{1,3})`;
const openssl = /OpenSSL (?<version>\d\.\d{1,2}\.\d{1,2}(?:[a-z]{1,2}|-(?:alpha|beta|rc|dev)\d{0,2})?)[ \0+]/;

/** Shared libraries that images bring without a package, beside a program or in a tree of their own. */
export const libraryClasses: readonly BinaryClass[] = [
  {
    ...{ id: 'openssl', name: 'openssl', cpes: ['openssl:openssl'] },
    files: ['openssl', /^libcrypto(?:-\d)?\.so/, /^libssl(?:-\d)?\.so/],
    rules: [
      near('OpenSSL ', new RegExp(String.raw`\0${openssl.source}`)),
      near('libcrypto.so', /\0(?<library>libcrypto\.so[.\d]{0,8})\0/),
    ],
  },
  {
    ...{ id: 'aws-lc', name: 'aws-lc', cpes: ['amazon:aws_libcrypto'], insteadOf: ['openssl'] },
    files: ['openssl', 'bssl', /^libcrypto\.so/],
    rules: [near('AWS-LC ', new RegExp(String.raw`AWS-LC ${three}\)?\0`))],
  },
  {
    ...{ id: 'libressl', name: 'libressl', cpes: ['openbsd:libressl'], insteadOf: ['openssl'] },
    files: ['openssl', /^libcrypto\.so/],
    rules: [near('LibreSSL ', new RegExp(`LibreSSL ${three}`))],
  },
  {
    ...{ id: 'glibc', name: 'glibc', cpes: ['gnu:glibc'], files: ['libc.so.6', /^libc-2\.\d{1,2}\.so$/] },
    rules: [
      near(
        'GNU C Library',
        /GNU C Library [^\n\0]{0,80}(?:stable|development) release version (?<version>2\.\d{1,2}(?:\.\d{1,3})?)[.,]/,
      ),
    ],
  },
  {
    ...{ id: 'musl', name: 'musl', cpes: ['musl-libc:musl'], files: [/^ld-musl-/, /^libc\.musl-/] },
    rules: [
      near('Dynamic Program Loader', /\0(?<version>[01]\.\d{1,2}\.\d{1,2})\0/),
      anywhere(/\0(?<version>[01]\.\d\.\d{1,2})\0/, 'musl libc'),
    ],
  },
  {
    ...{
      id: 'curl-library',
      name: 'curl',
      cpes: ['haxx:curl', 'haxx:libcurl'],
      files: [/^libcurl(?:-gnutls|-nss)?\.so/],
    },
    rules: [near('libcurl/', new RegExp(`libcurl/${three}`))],
  },
  {
    ...{ id: 'zlib', name: 'zlib', cpes: ['zlib:zlib'], files: [/^libz\.so/] },
    rules: [near('flate 1.', /(?:de|in)flate (?<version>1\.\d{1,2}(?:\.\d{1,3}){0,2}) Copyright/)],
  },
  {
    ...{ id: 'bzip2-library', name: 'bzip2', cpes: ['bzip:bzip2'], files: [/^libbz2\.so/] },
    rules: [anywhere(new RegExp(String.raw`\0${three}, \d{1,2}-[A-Z][a-z]{2}-\d{4}\0`))],
  },
  {
    ...{ id: 'xz-library', name: 'xz', cpes: ['tukaani:xz'], files: [/^liblzma\.so/] },
    rules: [anywhere(/\0(?<version>5\.\d{1,2}\.\d{1,2}(?:alpha|beta)?)\0/)],
  },
  {
    ...{ id: 'zstd-library', name: 'zstd', cpes: ['facebook:zstandard'], files: [/^libzstd\.so/] },
    rules: [anywhere(/[^\w.-](?<version>1\.\d\.\d{1,2})\0/, 'ZSTD_')],
  },
  {
    ...{ id: 'expat', name: 'expat', cpes: ['libexpat_project:libexpat'], files: [/^libexpat\.so/] },
    rules: [near('expat_2.', new RegExp(String.raw`\0expat_${three}\0`))],
  },
  {
    ...{ id: 'nghttp2', name: 'nghttp2', cpes: ['nghttp2:nghttp2'], files: [/^libnghttp2\.so/] },
    rules: [anywhere(/[^\w.](?<version>[01]\.\d{1,2}\.\d{1,2})\0/)],
  },
  {
    ...{ id: 'gnutls', name: 'gnutls', cpes: ['gnu:gnutls'], files: [/^libgnutls\.so/] },
    rules: [near('Enabled GnuTLS ', new RegExp(`Enabled GnuTLS ${three}`))],
  },
  {
    ...{ id: 'libgcrypt', name: 'libgcrypt', cpes: ['gnupg:libgcrypt'], files: [/^libgcrypt\.so/] },
    rules: [near('This is Libgcrypt ', new RegExp(`This is Libgcrypt ${three}`))],
  },
  {
    ...{ id: 'libpng', name: 'libpng', cpes: ['libpng:libpng'], files: [/^libpng\d{0,2}\.so/] },
    rules: [near('libpng version ', new RegExp(`libpng version ${three}`))],
  },
  {
    ...{
      id: 'libjpeg-turbo',
      name: 'libjpeg-turbo',
      cpes: ['libjpeg-turbo:libjpeg-turbo'],
      files: [/^lib(?:turbo)?jpeg\.so/],
    },
    rules: [near('libjpeg-turbo version ', new RegExp(`libjpeg-turbo version ${three}`))],
  },
  {
    ...{ id: 'libarchive', name: 'libarchive', cpes: ['libarchive:libarchive'], files: [/^libarchive\.so/] },
    rules: [near('libarchive 3.', new RegExp(`libarchive ${three}`))],
  },
  {
    ...{ id: 'libpcap', name: 'libpcap', cpes: ['tcpdump:libpcap'], files: [/^libpcap\.so/] },
    rules: [near('libpcap version ', new RegExp(`libpcap version ${three}`))],
  },
  {
    ...{ id: 'krb5', name: 'krb5', cpes: ['mit:kerberos_5'], files: [/^libkrb5\.so/] },
    rules: [near('KRB5_BRAND: ', /KRB5_BRAND: krb5-\S{1,30} (?<version>\d\.\d{1,2}(?:\.\d{1,2})?)[\s\0]/)],
  },
  {
    ...{ id: 'heimdal', name: 'heimdal-krb5', cpes: ['heimdal_project:heimdal'], files: [/^libkrb5\.so/] },
    rules: [near('$Version: Heimdal ', /\$Version: Heimdal (?<version>\d\.\d{1,2}(?:\.\d{1,2})?)[\s\0]/)],
  },
  {
    ...{ id: 'openldap', name: 'openldap', cpes: ['openldap:openldap'], files: ['ldapsearch', 'slapd'] },
    rules: [near('$OpenLDAP: ', new RegExp(String.raw`\$OpenLDAP: \w{1,20} ${three}`))],
  },
  {
    ...{ id: 'qtbase', name: 'qtbase', cpes: ['qt:qt', 'qt:qtbase'], files: [/^libQt\d?Core\.so/] },
    rules: [
      near('Qt ', new RegExp(String.raw`\0Qt ${three} \(`)),
      near('QtCore library version ', new RegExp(`QtCore library version ${three}`)),
    ],
  },
  {
    ...{ id: 'ffmpeg-library', name: 'ffmpeg', cpes: ['ffmpeg:ffmpeg'] },
    // Of the numbers in libavcodec, `Lavc59.37.100` is that library's own: only the release is the package's version.
    files: [/^lib(?:avcodec|avformat|avutil|avfilter|avdevice|swresample|swscale|postproc)\.so/],
    rules: [near('FFmpeg version ', /FFmpeg version n?(?<version>\d\.\d{1,2}(?:\.\d{1,2})?)/)],
  },
];
