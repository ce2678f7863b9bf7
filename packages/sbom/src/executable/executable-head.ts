import { ByteFields } from './byte-fields.ts';

/** Container formats of executables. */
export type ExecutableFormat = 'elf' | 'pe' | 'mach-o';

/** Bytes below which nothing is an executable: an ELF header alone has 52, the DOS header of a PE file 64. */
export const minExecutableBytes = 52;

/** Slices that a universal Mach-O file may have; Java classes, which share its magic, have 45 or more in that place. */
export const maxSlices = 40;

/** What the first bytes of a file say it is: at least 64 of them should be there. */
export function executableFormat(head: Uint8Array): ExecutableFormat | undefined {
  if (head.length < minExecutableBytes) return undefined;
  switch (head[0]) {
    case 0x7f:
      return isElf(head) ? 'elf' : undefined;
    case 0x4d:
      return isPe(head) ? 'pe' : undefined;
    case 0xfe:
    case 0xce:
    case 0xcf:
    case 0xca:
      return isMachO(head) ? 'mach-o' : undefined;
    default:
      return undefined;
  }
}

/** Whether a file begins like an ELF, PE or Mach-O file. */
export function isExecutableHead(head: Uint8Array): boolean {
  return executableFormat(head) !== undefined;
}

/** Whether a file begins like an ELF file of a class and byte order that exist (System V gABI, "ELF Identification"). */
export function isElf(head: Uint8Array): boolean {
  const [magic, e, l, f, bits, order] = head;
  return magic === 0x7f && e === 0x45 && l === 0x4c && f === 0x46 && isOneOrTwo(bits) && isOneOrTwo(order);
}

/** Whether a file begins like a PE file: `MZ`, and `PE\0\0` where that says it lies, if it lies in the head. */
export function isPe(head: Uint8Array): boolean {
  const fields = new ByteFields(head);
  if (head.length < minExecutableBytes || fields.u16(0) !== 0x5a4d) return false;
  const begin = fields.u32(0x3c);
  if (begin < 4 || begin > 0x1000_0000) return false;
  return begin + 4 > head.length || fields.u32(begin) === 0x4550;
}

const machO32 = 0xfeedface;
const machO64 = 0xfeedfacf;
const universal32 = 0xcafebabe;
const universal64 = 0xcafebabf;

/** Whether a file begins like a Mach-O file of one machine or several (`mach-o/loader.h`, `mach-o/fat.h`). */
export function isMachO(head: Uint8Array): boolean {
  return isThinMachO(head) || isUniversalMachO(head);
}

/** Whether a file begins like a Mach-O file of one machine. */
export function isThinMachO(head: Uint8Array): boolean {
  const magics = [new ByteFields(head, false).u32(0), new ByteFields(head, true).u32(0)];
  return magics.some((magic) => magic === machO32 || magic === machO64);
}

/** Whether a file begins like a Mach-O file of several machines. */
export function isUniversalMachO(head: Uint8Array): boolean {
  const fields = new ByteFields(head, false);
  const [magic, slices] = [fields.u32(0), fields.u32(4)];
  return (magic === universal32 || magic === universal64) && slices > 0 && slices <= maxSlices;
}

function isOneOrTwo(value: number | undefined): boolean {
  return value === 1 || value === 2;
}
