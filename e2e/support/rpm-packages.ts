import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheEntry } from './cache-entry.ts';
import { runTool } from './run-tool.ts';

/** Packages as rpmbuild makes them. */
export interface RpmPackages {
  /** Files of the packages `part0` … and `parts`, which are small. */
  readonly parts: readonly string[];
  /** Files of `signed0` …, signed with an RSA key. */
  readonly signed: readonly string[];
  /** A package of 20 000 files. */
  readonly huge: string;
}

const partCount = 400;
const signedCount = 10;
const signer = 'parts@example.com';

/** The tags whose absence rpm's query format shows as `(none)` are left out of every third package. */
function partSection(index: number): string {
  const optional = [
    // Epochs: none, zero, and one.
    ...(index % 5 === 0 ? [`Epoch: ${index % 10 === 0 ? 1 : 0}`] : []),
    ...(index % 4 === 0 ? ['BuildArch: noarch'] : []),
    ...(index > 0 ? [`Requires: cap(${index - 1}) >= 0.5, /usr/lib/parts/${Math.floor(index / 2)}`] : []),
    ...(index === 7 ? ['Requires: (part6 and (absent or part5)), (part2 if part1), (part3 if absent)'] : []),
  ];
  return `
%package -n part${index}
Summary: Part ${index} – ünïcode
Version: ${index}.1~rc${index % 3}
Release: ${index % 7}.el9
License: MIT and GPLv2+
${optional.join('\n')}
Provides: cap(${index}) = 1
%description -n part${index}
Part.
%files -n part${index}
/usr/lib/parts/${index}
${index === 3 ? '%config(noreplace) /etc/parts.conf\n%ghost /var/log/parts.log\n%doc /usr/share/doc/parts' : ''}`;
}

function signedSection(index: number): string {
  return `
%package -n signed${index}
Summary: Signed ${index}
License: ASL 2.0
%description -n signed${index}
Signed.
%files -n signed${index}
/usr/lib/parts/${index}`;
}

const spec = `
%global debug_package %{nil}
%global __os_install_post %{nil}
%global _build_id_links none
%global _binary_payload w0.gzdio
AutoReqProv: no
Name: parts
Version: 1.0
Release: 1%{?dist}
Summary: Parts
License: MIT
Vendor: Example
URL: https://user:secret@example.com/parts
ModularityLabel: parts:1:20240101:abcdef12
%description
Parts.
%install
mkdir -p %{buildroot}/usr/lib/parts %{buildroot}/usr/share/huge %{buildroot}/usr/share/doc/parts %{buildroot}/etc
for i in $(seq 0 ${partCount - 1}); do echo $i > %{buildroot}/usr/lib/parts/$i; done
for d in $(seq 0 49); do
  mkdir %{buildroot}/usr/share/huge/$d
  (cd %{buildroot}/usr/share/huge/$d && touch $(seq -f 'a-file-with-a-long-name-%%g' 0 399))
done
echo a > %{buildroot}/etc/parts.conf
echo b > %{buildroot}/usr/share/doc/parts/README
ln -s parts %{buildroot}/usr/lib/link
%files
%dir /usr/lib/parts
/usr/lib/link
%package huge
Summary: Huge
%description huge
Huge.
%files huge
/usr/share/huge
`;

/**
 * Several hundred real packages with epochs, a module, file lists of every size, rich dependencies and signatures. Needs
 * rpmbuild, rpmsign and gpg; takes about a minute the first time.
 */
export async function rpmPackages(): Promise<RpmPackages> {
  const sections = [
    ...Array.from({ length: partCount }, (_, index) => partSection(index)),
    ...Array.from({ length: signedCount }, (_, index) => signedSection(index)),
  ];
  const text = spec.trimStart() + sections.join('\n');
  const directory = await cacheEntry('rpm-packages', { text, made: 1 }, async (entry) => {
    await writeFile(join(entry, 'parts.spec'), text);
    const defined = (name: string, value: string) => ['--define', `${name} ${value}`];
    const own = [...defined('_topdir', entry), ...defined('_dbpath', join(entry, 'none'))];
    const options = { env: { ...process.env, LC_ALL: 'C.UTF-8' }, cwd: entry };
    await runTool('rpmbuild', ['-bb', '--quiet', ...own, 'parts.spec'], options);
    // The name of the agent's socket must be short.
    const keys = await mkdtemp(join(tmpdir(), 'iar-gpg-'));
    const gpg = ['--homedir', keys, '--batch', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', ''];
    try {
      await runTool('gpg', [...gpg, '--quick-gen-key', signer, 'rsa2048', 'sign', 'never'], options);
      // rpmsign does not look for it.
      const program = (await runTool('sh', ['-c', 'command -v gpg'])).trim();
      const key = [...defined('__gpg', program), ...defined('_gpg_path', keys), ...defined('_gpg_name', signer)];
      const signed = (await builtPackages(entry)).filter((path) => /\/signed\d+-/.test(path));
      await runTool('rpmsign', [...own, ...key, '--addsign', ...signed], options);
    } finally {
      // gpg leaves an agent behind.
      await runTool('gpgconf', ['--homedir', keys, '--kill', 'all'], options);
      await rm(keys, { recursive: true, force: true });
    }
  });
  const all = await builtPackages(directory);
  const named = (pattern: RegExp) => all.filter((path) => pattern.test(path));
  const [huge = ''] = named(/\/parts-huge-/);
  return { parts: named(/\/(?:part\d+|parts)-\d/), signed: named(/\/signed\d+-/), huge };
}

async function builtPackages(directory: string): Promise<string[]> {
  const root = join(directory, 'RPMS');
  const names = await readdir(root, { recursive: true });
  return names
    .filter((name) => name.endsWith('.rpm'))
    .map((name) => join(root, name))
    .sort();
}
