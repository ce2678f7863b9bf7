import { createCipheriv } from 'node:crypto';
import { directory, file, type LayerEntry, symlink } from '@falcon-iar/layer-extract/testing';

const KiB = 1024;
const MiB = 1024 * KiB;
/** How many packages dpkg's database of the layer has. */
export const installedPackages = 1200;

/**
 * The entries of a layer of about 600 MB, in the order of a file system: libraries that compress to a half, archives that
 * do not compress, texts that compress well, and dpkg's database of {@link installedPackages} packages in the middle of it.
 * Equal on every machine.
 */
export function installedTreeEntries(): LayerEntry[] {
  return [
    ...['etc', 'opt', 'opt/app', 'usr', 'usr/lib', 'usr/share', 'usr/share/doc', 'var', 'var/lib'].map((path) =>
      directory(path),
    ),
    symlink('lib', 'usr/lib'),
    file('etc/os-release', 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n'),
    ...numbered(18, (index) => file(`opt/app/module-${index}.dat`, noise(10 * MiB, index))),
    ...numbered(260, (index) => file(`usr/lib/lib${index}.so.1`, library(MiB, index), { mode: 0o755 })),
    directory('var/lib/dpkg'),
    directory('var/lib/dpkg/info'),
    ...numbered(300, (index) => file(`var/lib/dpkg/info/package-${index}.list`, fileList(index))),
    file('var/lib/dpkg/status', status()),
    ...numbered(6000, (index) => file(`usr/share/doc/package-${index}/copyright`, text(26 * KiB, index))),
  ];
}

function numbered<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Bytes that look random and are the same for the same seed. */
function noise(size: number, seed: number): Buffer {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 'layer'), Buffer.alloc(16, `${seed} `));
  return cipher.update(Buffer.alloc(size));
}

/** Half noise, half the repetitions of machine code. */
function library(size: number, seed: number): Buffer {
  const bytes = Buffer.alloc(size, 'pushq %rbp; movq %rsp, %rbp; ');
  const parts = noise(size / 2, 1000 + seed);
  for (let at = 0; at < size; at += 8 * KiB) parts.copy(bytes, at, at / 2, at / 2 + 4 * KiB);
  return bytes;
}

/** A licence with a few words of its own in each line. */
function text(size: number, seed: number): string {
  const words = noise(size / 64, 5000 + seed).toString('hex');
  let written = '';
  for (let at = 0; written.length < size; at += 2) {
    written += `${words.slice(at, at + 12)} is distributed in the hope that it will be useful, ${at}\n`;
  }
  return written;
}

function fileList(index: number): string {
  const own = numbered(40, (number) => `/usr/share/doc/package-${index}/file-${number}`);
  return `/.\n/usr\n/usr/lib\n/usr/lib/lib${index}.so.1\n${own.join('\n')}\n`;
}

/** The database of dpkg: about 700 bytes for each package. */
function status(): string {
  const stanzas = numbered(installedPackages, (index) => {
    const digest = noise(16, 20_000 + index).toString('hex');
    return [
      `Package: package-${index}`,
      'Status: install ok installed',
      'Priority: optional',
      'Section: libs',
      `Installed-Size: ${100 + index}`,
      'Maintainer: Nobody in Particular <nobody@example.org>',
      'Architecture: amd64',
      `Source: source-${index % 400} (1.${index}-2)`,
      `Version: 1.${index}-2+deb12u${index % 5}`,
      `Depends: libc6 (>= 2.34), package-${(index * 7) % installedPackages} (>= 1.0)`,
      `Conffiles:\n /etc/package-${index}.conf ${digest}`,
      `Description: made for a test, number ${index}\n ${digest.repeat(6)}\n ${digest.repeat(3)}`,
    ].join('\n');
  });
  return `${stanzas.join('\n\n')}\n`;
}
