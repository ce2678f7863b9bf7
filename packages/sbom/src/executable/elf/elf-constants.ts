/** Numbers of the ELF format (System V gABI; `elf.h` of glibc for what GNU systems add). */

/** `e_type`. */
export const elfTypes: Readonly<Record<number, string>> = {
  1: 'relocatable',
  2: 'executable',
  3: 'shared-object',
  4: 'core',
};

/** `p_type`. */
export const segmentType = {
  load: 1,
  dynamic: 2,
  interpreter: 3,
  note: 4,
  gnuStack: 0x6474e551,
  gnuRelro: 0x6474e552,
} as const;

/** `p_flags`. */
export const segmentFlag = { execute: 1, write: 2, read: 4 } as const;

/** `sh_type`. */
export const sectionType = {
  symbols: 2,
  strings: 3,
  dynamic: 6,
  note: 7,
  noBits: 8,
  dynamicSymbols: 11,
} as const;

/** `d_tag`. */
export const dynamicTag = {
  none: 0,
  needed: 1,
  stringTable: 5,
  stringSize: 10,
  soname: 14,
  rpath: 15,
  debug: 21,
  bindNow: 24,
  runpath: 29,
  flags: 30,
  flags1: 0x6ffffffb,
} as const;

const machines: Readonly<Record<number, string>> = {
  2: 'sparc',
  3: 'i386',
  4: 'm68k',
  8: 'mips',
  15: 'parisc',
  20: 'ppc',
  21: 'ppc64',
  22: 's390',
  40: 'arm',
  42: 'sh',
  43: 'sparcv9',
  50: 'ia64',
  62: 'x86_64',
  183: 'aarch64',
  190: 'cuda',
  224: 'amdgpu',
  243: 'riscv',
  247: 'bpf',
  258: 'loongarch',
  36902: 'alpha',
};

/** The usual name of an `e_machine`. */
export function machineName(machine: number): string {
  return machines[machine] ?? `machine-${machine}`;
}
