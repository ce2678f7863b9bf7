import fc from 'fast-check';
import { PackageURL } from 'packageurl-js';
import { describe, expect, it } from 'vitest';
import type { Distro } from '../model/distro.ts';
import { type PurlFields, packagePurl } from './package-purl.ts';

const distro = (id: string, more: Partial<Distro> = {}): Distro => ({ id, path: 'etc/os-release', layer: 0, ...more });
const debian = distro('debian', { versionId: '12' });

describe('packagePurl', () => {
  describe('of packages of a distribution', () => {
    it('has architecture, distro and upstream', () => {
      const pkg = {
        type: 'deb',
        name: 'libpam-runtime',
        version: '1.1.8-3.6',
        architecture: 'all',
        source: { name: 'pam' },
      };
      expect(packagePurl(pkg, debian)).toBe(
        'pkg:deb/debian/libpam-runtime@1.1.8-3.6?arch=all&distro=debian-12&upstream=pam',
      );
    });

    it.each([
      [{ name: 'glibc', version: '2.36-9' }, 'glibc%402.36-9'],
      [{ name: 'glibc', version: '2.36-9+b1' }, 'glibc'],
      [{ name: 'glibc' }, 'glibc'],
      [{ name: 'libc6', version: '2.36-9' }, 'libc6%402.36-9'],
      [{ name: 'libc6' }, undefined],
    ])('states the source %j only as far as it differs', (source, expected) => {
      const purl = packagePurl({ type: 'deb', name: 'libc6', version: '2.36-9+b1', source }, debian);
      expect(/upstream=([^&]*)/.exec(purl)?.[1]).toBe(expected);
    });

    it.each([
      [distro('debian', { versionId: '12', versionCodename: 'bookworm' }), 'debian-12'],
      [distro('debian', { versionCodename: 'forky' }), 'debian-forky'],
      [distro('arch', { buildId: 'rolling' }), 'arch-rolling'],
      [distro('wolfi'), 'wolfi'],
    ])('names %j', (system, expected) => {
      expect(packagePurl({ type: 'apk', name: 'a', version: '1' }, system)).toBe(
        `pkg:apk/${system.id}/a@1?distro=${expected}`,
      );
    });

    it.each([
      ['deb', 'pkg:deb/debian/a@1'],
      ['apk', 'pkg:apk/alpine/a@1'],
      ['alpm', 'pkg:alpm/arch/a@1'],
      ['rpm', 'pkg:rpm/a@1'],
    ])('takes the usual namespace of %s where the image names no distribution', (type, expected) => {
      expect(packagePurl({ type, name: 'a', version: '1' })).toBe(expected);
    });

    it('does without the qualifiers that purl-spec does not define', () => {
      const pkg = { type: 'apk', name: 'a', version: '1', architecture: 'x86_64', source: { name: 'b' } };
      expect(packagePurl(pkg, debian, { customQualifiers: false })).toBe('pkg:apk/debian/a@1?arch=x86_64');
    });

    it.each([
      ['rhel', '1:3.0.7-18.el9', 'pkg:rpm/redhat/openssl@3.0.7-18.el9?distro=rhel&epoch=1'],
      ['opensuse-leap', '0:3.0.7-1', 'pkg:rpm/opensuse/openssl@3.0.7-1?distro=opensuse-leap'],
      ['sles', '3.0.7-1', 'pkg:rpm/suse/openssl@3.0.7-1?distro=sles'],
      ['fedora', '3.0.7-1', 'pkg:rpm/fedora/openssl@3.0.7-1?distro=fedora'],
    ])('goes by the vendor and keeps the epoch apart for rpm of %s at %s', (id, version, expected) => {
      expect(packagePurl({ type: 'rpm', name: 'openssl', version }, distro(id))).toBe(expected);
    });
  });

  describe('of packages of a language', () => {
    it.each([
      [{ type: 'npm', namespace: '@Scope', name: 'JSONStream', version: '1.3.5' }, 'pkg:npm/%40Scope/JSONStream@1.3.5'],
      [{ type: 'pypi', name: 'Zope.Interface_X', version: '6.0' }, 'pkg:pypi/zope.interface-x@6.0'],
      [{ type: 'maven', namespace: 'org.Apache', name: 'Core', version: '1' }, 'pkg:maven/org.Apache/Core@1'],
      [{ type: 'composer', namespace: 'Laravel', name: 'Framework', version: '1' }, 'pkg:composer/laravel/framework@1'],
      [{ type: 'pub', name: 'My-Lib', version: '1' }, 'pkg:pub/my_lib@1'],
      [{ type: 'gem', name: 'a', version: '1', qualifiers: { platform: 'java' } }, 'pkg:gem/a@1?platform=java'],
    ])('folds case as the type demands: %j', (pkg, expected) => {
      expect(packagePurl(pkg, debian)).toBe(expected);
    });
  });

  it('is read back by another implementation', () => {
    const plain = fc.stringMatching(/^[a-z0-9][a-z0-9+.~-]{0,20}$/);
    const fields: fc.Arbitrary<PurlFields> = fc.record({
      type: fc.constantFrom('deb', 'apk', 'rpm', 'alpm'),
      name: plain,
      version: plain,
      architecture: plain,
      source: fc.record({ name: plain, version: plain }),
    });
    fc.assert(
      fc.property(fields, (pkg) => {
        const { type, namespace, name, version, qualifiers } = PackageURL.fromString(packagePurl(pkg, debian));
        expect({ type, namespace, name, version }).toEqual({
          ...{ type: pkg.type, namespace: 'debian', name: pkg.name, version: pkg.version },
        });
        expect(qualifiers).toMatchObject({ arch: pkg.architecture, distro: 'debian-12' });
      }),
    );
  });
});
