import { parseLsbRelease, parseOsRelease } from './parse-os-release.ts';
import {
  parseAlpineRelease,
  parseDebianVersion,
  parseReleaseCpe,
  parseReleaseLine,
  parseSuseRelease,
} from './parse-release-line.ts';
import type { ReleaseFacts } from './release-facts.ts';

type ReleaseParser = (text: string) => ReleaseFacts | undefined;

/**
 * The files that name a distribution, the most trusted first: a file's place here is its rank. os-release leads because
 * every distribution of today has it; the others say less, and derivatives keep them from their parents.
 */
const ranked: readonly (readonly [path: string, parse: ReleaseParser])[] = [
  ['etc/os-release', parseOsRelease],
  ['usr/lib/os-release', parseOsRelease],
  ['etc/alpine-release', parseAlpineRelease],
  ['etc/debian_version', parseDebianVersion],
  ['etc/lsb-release', parseLsbRelease],
  ['etc/openwrt_release', parseLsbRelease],
  ['etc/centos-release', parseReleaseLine],
  ['etc/rocky-release', parseReleaseLine],
  ['etc/almalinux-release', parseReleaseLine],
  ['etc/oracle-release', parseReleaseLine],
  ['etc/fedora-release', parseReleaseLine],
  ['etc/redhat-release', parseReleaseLine],
  ['usr/lib/fedora-release', parseReleaseLine],
  ['etc/system-release', parseReleaseLine],
  ['etc/system-release-cpe', parseReleaseCpe],
  ['etc/SuSE-release', parseSuseRelease],
  ['x86_64-bottlerocket-linux-gnu/sys-root/usr/lib/os-release', parseOsRelease],
  ['aarch64-bottlerocket-linux-gnu/sys-root/usr/lib/os-release', parseOsRelease],
];

/** How each release file is read, by its path. Iterates in order of trust. */
export const releaseFiles: ReadonlyMap<string, ReleaseParser> = new Map(ranked);
