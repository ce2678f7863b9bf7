/** Exceptions by the words before `exception`, in lower case; where the version follows the licence's, two. */
const exceptions: Readonly<Record<string, string | { readonly 2: string; readonly 3: string }>> = {
  autoconf: { 2: 'Autoconf-exception-2.0', 3: 'Autoconf-exception-3.0' },
  bison: 'Bison-exception-2.2',
  classpath: 'Classpath-exception-2.0',
  cpe: 'Classpath-exception-2.0',
  font: 'Font-exception-2.0',
  gcc: { 2: 'GCC-exception-2.0', 3: 'GCC-exception-3.1' },
  'gcc-runtime-library': { 2: 'GCC-exception-2.0', 3: 'GCC-exception-3.1' },
  libtool: 'Libtool-exception',
  'linux-syscall-note': 'Linux-syscall-note',
  llvm: 'LLVM-exception',
  'openvpn-openssl': 'openvpn-openssl-exception',
  'universal-foss': 'Universal-FOSS-exception-1.0',
};

/**
 * The SPDX id of an exception to a licence.
 *
 * @param name - as written: `Classpath exception`, `autoconf-exception`, `LLVM-exception`
 * @param license - SPDX id of the licence it is an exception to
 * @returns the name itself where nothing is known of it: it may be an id
 */
export function spdxExceptionId(name: string, license: string): string {
  const key = name
    .toLowerCase()
    .replace(/^the\s+/, '')
    .replace(/[\s-]+exceptions?$/, '')
    .replace(/\s+/g, '-');
  const found = Object.hasOwn(exceptions, key) ? exceptions[key] : undefined;
  if (typeof found !== 'object') return found ?? name;
  return license.startsWith('GPL-3') ? found[3] : found[2];
}
